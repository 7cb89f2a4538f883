"""The only reader of the environment. Every field is explained in `.env.example`; a test keeps the two equal."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.stages import EngineConfig


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
    elevenlabs_api_key: SecretStr | None = _setting("ELEVENLABS_API_KEY")
    discord_token: SecretStr | None = _setting("DISCORD_TOKEN")
    telegram_token: SecretStr | None = _setting("TELEGRAM_TOKEN")
    telegram_base_url: str | None = _setting("TELEGRAM_BASE_URL")

    mind: str = _setting("MIND", "auto")
    voice: str = _setting("VOICE", "auto")
    portrait: str = _setting("PORTRAIT", "auto")
    animation: str = _setting("ANIMATION", "auto")

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

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

    def engine(self, stage: Literal["mind", "voice", "portrait", "animation"]) -> str:
        """The engine the operator named for a stage, or ``auto``."""
        return str(getattr(self, stage)).strip().lower()

    def engine_config(self) -> EngineConfig:
        """What engines are built with."""
        return EngineConfig(assets=self.assets)
