"""The only reader of the environment. Every field is explained in `.env.example`; a test keeps the two equal."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from platformdirs import user_data_path
from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.stages import DiffusionConfig, EngineConfig, RemoteConfig, SpeechConfig, Task

OPENAI = "https://api.openai.com/v1"
ELEVENLABS = "https://api.elevenlabs.io"
OPENAI_VOICE, OTHER_VOICE = "gpt-4o-mini-tts", "tts-1"
"""The model that speaks at OpenAI, and what most others that speak its API call theirs."""
LOCAL_SERVERS = (
    ("Ollama", "http://127.0.0.1:11434/v1"),
    ("llama.cpp", "http://127.0.0.1:8080/v1"),
    ("LM Studio", "http://127.0.0.1:1234/v1"),
)
"""Servers of language models that people run at home, and where they listen unless told otherwise."""

ADDRESS = r"^https?://([^\s/@]+@)?(\[[0-9a-fA-F:]+\]|[^\s/?#:@\[\]]+)(:\d{1,5})?(/\S*)?$"


def _none(value: object) -> object:
    """An empty value stands for the default, as everywhere here, so having no limit needs a word."""
    return None if isinstance(value, str) and value.strip().lower() == "none" else value


Number: TypeAlias = Annotated[int | None, BeforeValidator(_none)]
Amount: TypeAlias = Annotated[Annotated[float, Field(gt=0, allow_inf_nan=False)] | None, BeforeValidator(_none)]


def _setting(name: str, default: str | None = None) -> Any:
    """A field read from the environment variable ``name``, exactly as people know it from other projects."""
    return Field(default=default, validation_alias=name)


class Settings(BaseSettings):
    """What the operator decided: the environment, then ``.env`` in the working folder."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(
        default_factory=lambda: user_data_path("chatanything", appauthor=False),
        validation_alias="CHATANYTHING_HOME",
    )
    database_url_setting: str | None = _setting("DATABASE_URL")
    blob_url_setting: str | None = _setting("BLOB_URL")

    openai_api_key: SecretStr | None = _setting("OPENAI_API_KEY")
    openai_base_url: str | None = _setting("OPENAI_BASE_URL")
    openai_model: str | None = _setting("OPENAI_MODEL")
    openai_model_persona: str | None = _setting("OPENAI_MODEL_PERSONA")
    openai_model_reply: str | None = _setting("OPENAI_MODEL_REPLY")
    openai_model_memory: str | None = _setting("OPENAI_MODEL_MEMORY")
    openai_model_choice: str | None = _setting("OPENAI_MODEL_CHOICE")
    openai_context: int | None = Field(None, ge=1024, validation_alias="OPENAI_CONTEXT")
    openai_timeout: float | None = Field(None, gt=0, validation_alias="OPENAI_TIMEOUT")
    openai_concurrency: int = Field(4, ge=1, validation_alias="OPENAI_CONCURRENCY")
    openai_sees: bool | None = Field(None, validation_alias="OPENAI_SEES")
    openai_prices: str | None = _setting("OPENAI_PRICES")
    mind_servers: str | None = _setting("MIND_SERVERS")
    mind_words: int = Field(50, ge=10, le=200, validation_alias="MIND_WORDS")
    mind_stand_in: bool = Field(False, validation_alias="MIND_STAND_IN")
    elevenlabs_api_key: SecretStr | None = _setting("ELEVENLABS_API_KEY")
    elevenlabs_base_url: str = Field(ELEVENLABS, pattern=ADDRESS, validation_alias="ELEVENLABS_BASE_URL")
    elevenlabs_model: str = _setting("ELEVENLABS_MODEL", "eleven_flash_v2_5")
    elevenlabs_design: bool = Field(False, validation_alias="ELEVENLABS_DESIGN")
    openai_speech_url: str | None = Field(None, pattern=ADDRESS, validation_alias="OPENAI_SPEECH_URL")
    openai_speech_key: SecretStr | None = _setting("OPENAI_SPEECH_KEY")
    openai_speech_model: str | None = _setting("OPENAI_SPEECH_MODEL")
    speech_price: float | None = Field(None, ge=0, allow_inf_nan=False, validation_alias="SPEECH_PRICE")
    discord_token: SecretStr | None = _setting("DISCORD_TOKEN")
    telegram_token: SecretStr | None = _setting("TELEGRAM_TOKEN")
    telegram_name: str | None = Field(None, max_length=64, validation_alias="TELEGRAM_NAME")
    telegram_base_url: str | None = _setting("TELEGRAM_BASE_URL")
    telegram_webhook_url: str | None = _setting("TELEGRAM_WEBHOOK_URL")
    telegram_webhook_listen: str = Field(
        "127.0.0.1:8443", pattern=r"^[^\s/]+:\d{1,5}$", validation_alias="TELEGRAM_WEBHOOK_LISTEN"
    )
    telegram_webhook_secret: SecretStr | None = _setting("TELEGRAM_WEBHOOK_SECRET")

    mind: str = _setting("MIND", "auto")
    voice: str = _setting("VOICE", "auto")
    portrait: str = _setting("PORTRAIT", "auto")
    animation: str = _setting("ANIMATION", "auto")
    hearing: str = _setting("HEARING", "auto")
    hearing_model: str | None = _setting("HEARING_MODEL")

    animator_url: str | None = Field(None, pattern=ADDRESS, validation_alias="ANIMATOR_URL")
    animator_key: SecretStr | None = _setting("ANIMATOR_KEY")
    animator_timeout: float = Field(60, gt=0, le=3600, validation_alias="ANIMATOR_TIMEOUT")

    styles: Path | None = Field(None, validation_alias="STYLES")
    diffusers_device: str = Field("auto", pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$", validation_alias="DIFFUSERS_DEVICE")
    diffusers_guidance: Literal["none", "pixel", "landmark", "both"] | None = Field(
        None, validation_alias="DIFFUSERS_GUIDANCE"
    )
    diffusers_safety: bool = Field(True, validation_alias="DIFFUSERS_SAFETY")
    diffusers_compile: bool = Field(False, validation_alias="DIFFUSERS_COMPILE")
    diffusers_vram: float | None = Field(None, gt=0, le=1000, validation_alias="DIFFUSERS_VRAM")
    diffusers_tries: int = Field(10, ge=1, le=30, validation_alias="DIFFUSERS_TRIES")

    clip_side: Annotated[Literal[512, 720], BeforeValidator(int)] = Field(512, validation_alias="CLIP_SIDE")
    clip_badge: bool = Field(False, validation_alias="CLIP_BADGE")

    limit_summons_person: Number = Field(20, ge=0, validation_alias="LIMIT_SUMMONS_PERSON")
    limit_summons_place: Number = Field(100, ge=0, validation_alias="LIMIT_SUMMONS_PLACE")
    limit_summons_bot: Number = Field(300, ge=0, validation_alias="LIMIT_SUMMONS_BOT")
    limit_video_person: Amount = Field(1800, validation_alias="LIMIT_VIDEO_PERSON")
    limit_video_place: Amount = Field(7200, validation_alias="LIMIT_VIDEO_PLACE")
    limit_video_bot: Amount = Field(21600, validation_alias="LIMIT_VIDEO_BOT")
    limit_cost_person: Amount = Field(0.5, validation_alias="LIMIT_COST_PERSON")
    limit_cost_place: Amount = Field(2, validation_alias="LIMIT_COST_PLACE")
    limit_cost_bot: Amount = Field(5, validation_alias="LIMIT_COST_BOT")
    limit_open_person: Number = Field(10, ge=1, validation_alias="LIMIT_OPEN_PERSON")

    log_format: Literal["auto", "console", "json"] = Field("auto", validation_alias="LOG_FORMAT")
    requests_days: int = Field(7, ge=1, le=3650, validation_alias="REQUESTS_DAYS")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", validation_alias="LOG_LEVEL")
    health_address: str | None = _setting("HEALTH_ADDRESS")
    otel_endpoint: str | None = _setting("OTEL_EXPORTER_OTLP_ENDPOINT")
    otel_headers: SecretStr | None = _setting("OTEL_EXPORTER_OTLP_HEADERS")

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("log_format", "log_level", mode="before")
    @classmethod
    def _any_case(cls, word: object) -> object:
        return word.strip().lower() if isinstance(word, str) else word

    @field_validator("openai_prices")
    @classmethod
    def _two_numbers(cls, prices: str | None) -> str | None:
        if prices is not None and not re.fullmatch(r"\s*\d+(\.\d+)?\s*,\s*\d+(\.\d+)?\s*", prices):
            raise ValueError("two numbers")
        return prices

    @property
    def assets(self) -> Path:
        """Folder of model files and art."""
        return self.home / "assets"

    @property
    def database_url(self) -> str:
        """SQLAlchemy address of the database; a SQLite file at home by default."""
        return self.database_url_setting or f"sqlite+aiosqlite:///{self.home / 'chatanything.db'}"

    @property
    def blob_url(self) -> str:
        """obstore address of the blob store; a folder at home by default."""
        return self.blob_url_setting or (self.home / "blobs").as_uri()

    @property
    def requests_kept(self) -> timedelta:
        """How long requests that have ended are kept."""
        return timedelta(days=self.requests_days)

    @property
    def openai_key(self) -> SecretStr:
        """The key of the endpoint; empty where none is set, as local servers want it."""
        return self.openai_api_key or SecretStr("")

    @property
    def task_models(self) -> tuple[tuple[Task, str], ...]:
        """Models that were named for single tasks."""
        named = ((task, getattr(self, f"openai_model_{task}")) for task in Task)
        return tuple((task, model) for task, model in named if model)

    @property
    def prices(self) -> tuple[float, float] | None:
        """USD per million tokens, in and out."""
        if self.openai_prices is None:
            return None
        prompt, completion = map(float, self.openai_prices.split(","))
        return prompt, completion

    @property
    def local_servers(self) -> tuple[tuple[str, str], ...]:
        """Names and addresses where ``MIND=auto`` looks for a language model."""
        if self.mind_servers is None:
            return LOCAL_SERVERS
        return tuple(("a local server", url.strip()) for url in self.mind_servers.split(",") if url.strip())

    @property
    def animator(self) -> RemoteConfig | None:
        """The animator on another machine, if the settings name one."""
        if self.animator_url is None:
            return None
        return RemoteConfig(self.animator_url, self.animator_key or SecretStr(""), self.animator_timeout)

    @property
    def elevenlabs(self) -> SpeechConfig | None:
        """ElevenLabs, if the settings have a key for it."""
        if self.elevenlabs_api_key is None:
            return None
        return SpeechConfig(
            base_url=self.elevenlabs_base_url,
            key=self.elevenlabs_api_key,
            model=self.elevenlabs_model,
            price=self.speech_price,
            timeout=15.0,
            designs=self.elevenlabs_design,
        )

    @property
    def speech(self) -> SpeechConfig | None:
        """An OpenAI-compatible service that speaks, if the settings lead to one."""
        base_url = self.openai_speech_url or self.openai_base_url or (OPENAI if self.openai_api_key else None)
        if base_url is None:
            return None
        # The key of the language model goes to no other address than the language model's.
        theirs = base_url == (self.openai_base_url or OPENAI)
        return SpeechConfig(
            base_url=base_url,
            key=self.openai_speech_key or (self.openai_key if theirs else SecretStr("")),
            model=self.openai_speech_model or (OPENAI_VOICE if base_url == OPENAI else OTHER_VOICE),
            timeout=self.openai_timeout or 30.0,
            price=self.speech_price,
        )

    def engine(self, stage: Literal["mind", "voice", "portrait", "animation", "hearing"]) -> str:
        """The engine the operator named for a stage, or ``auto``."""
        return str(getattr(self, stage)).strip().lower()

    def engine_config(self, voice: str | None = None) -> EngineConfig:
        """What engines are built with. ``voice``: the engine that speaks, where it is not that of the settings. It
        travels to worker processes, and so do the keys in it: none is there for a service that nobody named."""
        voice = voice or self.engine("voice")
        return EngineConfig(
            assets=self.assets,
            side=self.clip_side,
            badge=self.clip_badge,
            diffusion=DiffusionConfig(
                styles=self.styles and self.styles.expanduser().absolute(),
                device=self.diffusers_device,
                guidance=self.diffusers_guidance,
                safety=self.diffusers_safety,
                compiled=self.diffusers_compile,
                vram=self.diffusers_vram,
                tries=self.diffusers_tries,
            ),
            remote=self.animator,
            elevenlabs=self.elevenlabs if voice == "elevenlabs" else None,
            speech=self.speech if voice == "openai" else None,
        )
