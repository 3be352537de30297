"""The text models of transformers, encoder–decoder models of text and speech, and generation with caches."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
import transformers
from torch import Tensor, nn

from tests.architectures.harness import Case, as_built
from tests.architectures.hub_case import BOTH, EXPLICIT, TEXT, TWINS, Inputs, case, fields, implementation, own_of_twin, tokens

GROUPED = TEXT | {"num_key_value_heads": 2}
GPT: dict[str, Any] = {
    "n_embd": 32,
    "n_layer": 2,
    "n_head": 4,
    "n_positions": 64,
    "vocab_size": 50,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
ENCODER_DECODER: dict[str, Any] = {
    "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4, "decoder_attention_heads": 4,
    "encoder_ffn_dim": 40, "decoder_ffn_dim": 40, "vocab_size": 50, "max_position_embeddings": 64,
    "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "decoder_start_token_id": 2, "forced_eos_token_id": None,
}  # fmt: skip
text = partial(case, "text")
both_ways = partial(case, "encoder–decoder", truth=fields("encoder_attentions", ("decoder_attentions", "cross_attentions")))


def translation() -> dict[str, Tensor]:
    return tokens() | {"decoder_input_ids": tokens(5)["input_ids"]}


def sound() -> dict[str, Tensor]:
    features = torch.randn(2, 8, 24, generator=torch.Generator().manual_seed(1))
    return {"input_features": features, "decoder_input_ids": tokens(5)["input_ids"]}


def waveform() -> dict[str, Tensor]:
    return {"input_values": torch.randn(2, 400, generator=torch.Generator().manual_seed(1))}


def generation(name: str, config: str, options: dict[str, Any], model: str, **asked: Any) -> Case:
    """Return a case that writes three tokens after a prompt, with the requested cache.

    The truth is the attentions of every step.
    """
    prompt = {name: value[:, :6] for name, value in tokens(6, padded=0).items()}

    def written(module: nn.Module, **more: Any) -> Any:
        return module.generate(**prompt, max_new_tokens=3, min_new_tokens=3, do_sample=False, **asked, **more)

    def truth(module: nn.Module) -> list[Tensor]:
        with implementation("eager")(module) as eager:
            output = written(eager, output_attentions=True, return_dict_in_generate=True)
        if not module.config.is_encoder_decoder:
            return [weights for step in output.attentions for weights in step]
        steps = zip(output.decoder_attentions, output.cross_attentions, strict=True)
        return [*output.encoder_attentions, *(w for step in steps for turn in zip(*step, strict=True) for w in turn)]

    def build() -> nn.Module:
        return getattr(transformers, model)(getattr(transformers, config)(**options))

    return Case("generation", "transformers", name, build, written, truth, BOTH)


def with_sinks(module: nn.Module, inputs: Inputs) -> list[Tensor]:
    """GPT-OSS returns its weights without those of the learned extra key. That key takes the rest of every row."""
    return [torch.cat([weights, 1 - weights.sum(-1, keepdim=True)], -1) for weights in fields("attentions")(module, inputs)]


CASES = [
    text("BERT", "BertConfig", TEXT, tokens),
    text("RoBERTa", "RobertaConfig", TEXT | {"pad_token_id": 1, "bos_token_id": 0}, tokens),
    text(
        "DistilBERT", "DistilBertConfig", {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 40, "vocab_size": 50},
        tokens,
    ),
    text("ALBERT", "AlbertConfig", TEXT | {"embedding_size": 16}, tokens),
    text("ELECTRA", "ElectraConfig", TEXT | {"embedding_size": 16}, tokens),
    text(
        "ModernBERT", "ModernBertConfig", TEXT | {"cls_token_id": 1, "sep_token_id": 2, "local_attention": 4,
        "global_attn_every_n_layers": 2}, tokens,
    ),
    text(
        "DeBERTa", "DebertaConfig", TEXT | {"relative_attention": True, "pos_att_type": ["c2p", "p2c"]}, tokens,
        ways=EXPLICIT,
    ),
    text(
        "DeBERTa V2", "DebertaV2Config", TEXT | {"relative_attention": True, "pos_att_type": ["c2p", "p2c"]}, tokens,
        ways=EXPLICIT,
    ),
    text("MPNet", "MPNetConfig", TEXT, tokens, ways=EXPLICIT),
    text(
        "XLNet", "XLNetConfig", {"d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 40, "vocab_size": 50}, tokens,
        ways=EXPLICIT,
    ),
    text("GPT-2", "GPT2Config", GPT, tokens),
    text("GPT-NeoX", "GPTNeoXConfig", TEXT, tokens),
    text("OPT", "OPTConfig", TEXT | {"ffn_dim": 40, "word_embed_proj_dim": 32}, tokens),
    text("BLOOM", "BloomConfig", {"hidden_size": 32, "n_layer": 2, "n_head": 4, "vocab_size": 50}, tokens, ways=EXPLICIT),
    text(
        "MPT", "MptConfig", {"d_model": 32, "n_layers": 2, "n_heads": 4, "vocab_size": 50, "max_seq_len": 64}, tokens,
        ways=EXPLICIT,
    ),
    text(
        "Falcon, one key for all heads", "FalconConfig", TEXT | {"multi_query": True, "new_decoder_architecture": False},
        tokens, own_of_twin, TWINS,
    ),
    text("Llama, grouped queries", "LlamaConfig", GROUPED, tokens),
    text("Mistral, sliding window", "MistralConfig", GROUPED | {"sliding_window": 3}, tokens),
    text("Qwen2", "Qwen2Config", GROUPED, tokens),
    text("Qwen3", "Qwen3Config", GROUPED | {"head_dim": 8}, tokens),
    text(
        "Gemma 2, soft-capped scores", "Gemma2Config", GROUPED | {"head_dim": 8, "sliding_window": 3,
        "attn_logit_softcapping": 2.0}, tokens, ways=EXPLICIT,
    ),
    text("Phi", "PhiConfig", TEXT, tokens),
    text("Mixtral", "MixtralConfig", GROUPED | {"num_local_experts": 2}, tokens),
    text(
        "GPT-OSS, sinks", "GptOssConfig", GROUPED | {"head_dim": 8, "num_local_experts": 2, "num_experts_per_tok": 1,
        "sliding_window": 3, "layer_types": ["sliding_attention", "full_attention"]}, tokens, with_sinks, EXPLICIT,
        "sink|extra key",
    ),
    text(
        "Longformer", "LongformerConfig", TEXT | {"attention_window": 4}, partial(tokens, 16), lambda *_: [], EXPLICIT,
        "window|chunk",
    ),
    text("BigBird, all tokens", "BigBirdConfig", TEXT | {"attention_type": "original_full"}, tokens, ways=EXPLICIT),
    text(
        "BigBird, blocks", "BigBirdConfig", TEXT | {"attention_type": "block_sparse", "block_size": 2,
        "num_random_blocks": 1}, partial(tokens, 24), lambda *_: [], EXPLICIT, "block|chunk|window|axes",
    ),
    text(
        "Mamba", "MambaConfig", {"hidden_size": 32, "num_hidden_layers": 2, "vocab_size": 50, "state_size": 4}, tokens,
        lambda *_: [], {"explicit": as_built}, "softmax",
    ),
    both_ways(
        "T5", "T5Config", {"d_model": 32, "d_kv": 8, "num_layers": 2, "num_heads": 4, "d_ff": 40, "vocab_size": 50,
        "pad_token_id": 0, "decoder_start_token_id": 0}, translation,
    ),
    both_ways("BART", "BartConfig", ENCODER_DECODER, translation),
    both_ways("Marian", "MarianConfig", ENCODER_DECODER, translation),
    both_ways("Pegasus", "PegasusConfig", ENCODER_DECODER, translation),
    both_ways(
        "Whisper", "WhisperConfig", ENCODER_DECODER | {"num_mel_bins": 8, "max_source_positions": 12,
        "max_target_positions": 16}, sound,
    ),
    case(
        "speech", "Wav2Vec2", "Wav2Vec2Config", TEXT | {"conv_dim": [8, 8], "conv_stride": [5, 4], "conv_kernel": [10, 8],
        "num_conv_pos_embeddings": 4, "num_conv_pos_embedding_groups": 2}, waveform,
    ),
    generation("GPT-2, dynamic cache", "GPT2Config", GPT, "GPT2LMHeadModel"),
    generation("Llama, dynamic cache", "LlamaConfig", GROUPED, "LlamaForCausalLM"),
    generation("Llama, static cache", "LlamaConfig", GROUPED, "LlamaForCausalLM", cache_implementation="static"),
    generation(
        "Mistral, sliding static cache", "MistralConfig", GROUPED | {"sliding_window": 4}, "MistralForCausalLM",
        cache_implementation="static",
    ),
    generation("Qwen2, two beams", "Qwen2Config", GROUPED, "Qwen2ForCausalLM", num_beams=2),
    generation("BART, dynamic cache", "BartConfig", ENCODER_DECODER, "BartForConditionalGeneration"),
    generation(
        "T5, static cache", "T5Config", {"d_model": 32, "d_kv": 8, "num_layers": 2, "num_heads": 4, "d_ff": 40,
        "vocab_size": 50, "pad_token_id": 0, "decoder_start_token_id": 0}, "T5ForConditionalGeneration",
        cache_implementation="static",
    ),
]  # fmt: skip
