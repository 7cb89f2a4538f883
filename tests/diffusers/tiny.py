"""Models of a million numbers and less with random weights, in the form in which real ones come: saved as safetensors,
loaded from folders. They paint noise, and run through every line that a real one would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from tokenizers import Tokenizer, models, pre_tokenizers

SIDE = 64


def build(home: Path) -> None:
    """Every tiny model below ``home``: sd15, sdxl, z-image, klein, and what goes with them."""
    torch.manual_seed(0)
    _sd15(home / "sd15")
    _sdxl(home / "sdxl")
    _controlnet(home / "controlnet-sd15", cross=32)
    _controlnet(home / "controlnet-sdxl", cross=64, **_XL)
    _lora(home / "lora")
    _z_image(home / "z-image")
    _klein(home / "klein")


_BLOCKS: dict[str, Any] = {
    "block_out_channels": (16, 32),
    "layers_per_block": 1,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "attention_head_dim": 8,
    "norm_num_groups": 8,
}
_XL: dict[str, Any] = {
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 8,
    "projection_class_embeddings_input_dim": 80,  # 6 x 8 + 32
}


def _unet(cross: int, **more: Any) -> diffusers.UNet2DConditionModel:
    up = ("CrossAttnUpBlock2D", "UpBlock2D")
    return diffusers.UNet2DConditionModel(
        sample_size=SIDE // 4, cross_attention_dim=cross, up_block_types=up, **_BLOCKS, **more
    )


def _controlnet(folder: Path, cross: int, **more: Any) -> None:
    net = diffusers.ControlNetModel(
        cross_attention_dim=cross, conditioning_embedding_out_channels=(8, 16, 16), **_BLOCKS, **more
    )
    for name, weights in net.named_parameters():  # a fresh one begins with zeros, and would change nothing
        if "controlnet_" in name and "cond_embedding" not in name:
            torch.nn.init.normal_(weights, std=0.5)
    torch.nn.init.normal_(net.controlnet_cond_embedding.conv_out.weight, std=0.5)
    net.save_pretrained(folder)


def _vae(channels: int = 4) -> diffusers.AutoencoderKL:
    """Not trained, but sure of itself (no variance), and its latents are of the size that real ones have."""
    blocks = 3
    vae = diffusers.AutoencoderKL(
        block_out_channels=(8, 16, 16),
        down_block_types=("DownEncoderBlock2D",) * blocks,
        up_block_types=("UpDecoderBlock2D",) * blocks,
        latent_channels=channels,
        norm_num_groups=8,
        sample_size=SIDE,
        shift_factor=0.0,
    )
    with torch.no_grad():
        vae.quant_conv.weight[channels:] = 0.0
        vae.quant_conv.bias[channels:] = -20.0
        picture = torch.full((1, 3, SIDE, SIDE), -0.8)
        picture[..., SIDE // 4 : -SIDE // 4, SIDE // 4 : -SIDE // 4] = 0.8
        vae.register_to_config(scaling_factor=1 / float(vae.encode(picture).latent_dist.mean.std()))
    return vae


def _clip_text(projection: bool = False) -> Any:
    kind = transformers.CLIPTextModelWithProjection if projection else transformers.CLIPTextModel
    config = transformers.CLIPTextConfig(
        vocab_size=600, hidden_size=32, intermediate_size=37, num_attention_heads=4, num_hidden_layers=2,
        projection_dim=32, bos_token_id=0, eos_token_id=1, pad_token_id=1,
    )  # fmt: skip
    return kind(config)


def clip_tokenizer() -> transformers.CLIPTokenizer:
    letters = sorted(set(pre_tokenizers.ByteLevel.alphabet()))
    words = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    vocabulary = {word: number for number, word in enumerate(words)}
    return transformers.CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77)


def _safety() -> tuple[Any, Any]:
    vision = {
        "hidden_size": 32, "intermediate_size": 37, "num_attention_heads": 4, "num_hidden_layers": 2,
        "image_size": 32, "patch_size": 8, "projection_dim": 16,
    }  # fmt: skip
    checker = StableDiffusionSafetyChecker(transformers.CLIPConfig(vision_config=vision, projection_dim=16))
    checker.concept_embeds_weights.data.fill_(2.0)  # no cosine reaches it: nothing is flagged
    checker.special_care_embeds_weights.data.fill_(2.0)
    size = {"shortest_edge": 32}
    return checker, transformers.CLIPImageProcessor(size=size, crop_size={"height": 32, "width": 32})


def flagging(folder: Path) -> None:
    """The checker in a folder of sd15 now flags everything."""
    checker = StableDiffusionSafetyChecker.from_pretrained(folder / "safety_checker")
    checker.concept_embeds_weights.data.fill_(-2.0)
    checker.save_pretrained(folder / "safety_checker")


def _sd15(folder: Path) -> None:
    checker, processor = _safety()
    diffusers.StableDiffusionPipeline(
        vae=_vae(),
        text_encoder=_clip_text(),
        tokenizer=clip_tokenizer(),
        unet=_unet(32),
        scheduler=diffusers.DDIMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False, steps_offset=1
        ),
        safety_checker=checker,
        feature_extractor=processor,
    ).save_pretrained(folder)


def _sdxl(folder: Path) -> None:
    tokenizer = clip_tokenizer()
    diffusers.StableDiffusionXLPipeline(
        vae=_vae(),
        text_encoder=_clip_text(),
        text_encoder_2=_clip_text(projection=True),
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        unet=_unet(64, **_XL),
        scheduler=diffusers.EulerDiscreteScheduler(beta_schedule="scaled_linear", steps_offset=1),
    ).save_pretrained(folder)


def _lora(folder: Path) -> None:
    from peft import LoraConfig, get_peft_model_state_dict

    unet = _unet(32)
    unet.add_adapter(LoraConfig(r=4, lora_alpha=4, init_lora_weights=False, target_modules=["to_q", "to_k"]))
    diffusers.StableDiffusionPipeline.save_lora_weights(folder, unet_lora_layers=get_peft_model_state_dict(unet))


def _qwen(layers: int = 3) -> tuple[Any, Any]:
    letters = sorted(set(pre_tokenizers.ByteLevel.alphabet()))
    raw = Tokenizer(models.BPE(vocab={word: number for number, word in enumerate(["<pad>", *letters])}, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel()
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>", model_max_length=512)
    tokenizer.chat_template = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
    config = transformers.Qwen3Config(
        vocab_size=300, hidden_size=16, intermediate_size=32, num_hidden_layers=layers, num_attention_heads=2,
        num_key_value_heads=2, head_dim=8, tie_word_embeddings=True,
    )  # fmt: skip
    return tokenizer, config


def _z_image(folder: Path) -> None:
    tokenizer, config = _qwen()
    shape = {"dim": 32, "n_refiner_layers": 1, "n_heads": 2, "n_kv_heads": 2}
    transformer = diffusers.ZImageTransformer2DModel(
        in_channels=16, n_layers=2, cap_feat_dim=16, axes_dims=[8, 4, 4], axes_lens=[256, 32, 32], **shape
    )
    for padding in (transformer.x_pad_token, transformer.cap_pad_token):  # made without values
        torch.nn.init.normal_(padding, std=0.02)
    diffusers.ZImagePipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=_vae(channels=16),
        text_encoder=transformers.Qwen3Model(config),
        tokenizer=tokenizer,
        transformer=transformer,
    ).save_pretrained(folder)
    net = diffusers.ZImageControlNetModel(
        control_layers_places=[0], control_refiner_layers_places=[0], control_in_dim=33,
        add_control_noise_refiner="control_noise_refiner", **shape,
    )  # fmt: skip
    for name, weights in net.named_parameters():
        if "_proj" in name:
            torch.nn.init.normal_(weights, std=0.3)
    net.save_pretrained(folder.with_name("controlnet-z-image"))


def _klein(folder: Path) -> None:
    tokenizer, config = _qwen(28)  # the pipeline takes what layers 9, 18 and 27 say
    vae = diffusers.AutoencoderKLFlux2(
        block_out_channels=(16, 32), latent_channels=8, norm_num_groups=8, sample_size=SIDE,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
    )  # fmt: skip
    transformer = diffusers.Flux2Transformer2DModel(
        in_channels=32, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=48, axes_dims_rope=(4, 4, 4, 4), guidance_embeds=False, timestep_guidance_channels=32,
    )  # fmt: skip
    diffusers.Flux2KleinPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=vae,
        text_encoder=transformers.Qwen3ForCausalLM(config),
        tokenizer=tokenizer,
        transformer=transformer,
        is_distilled=True,
    ).save_pretrained(folder)
