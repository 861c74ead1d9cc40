"""The reader as it is trained: the embedder's encoder with three small heads over its last layer."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from transformers import BertConfig, BertModel


class ReaderModel(nn.Module):
    """A cross-encoder for (question, title, passage) with logits for answer span, evidence and answerability."""

    def __init__(self, weights: Path) -> None:
        super().__init__()
        config = BertConfig.from_json_file(weights / "config.json")
        # Plain attention without dropout: 2.5 times as fast as the fused kernel, which is slow in bfloat16 here.
        config._attn_implementation = "eager"
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        self.encoder = BertModel(config, add_pooling_layer=False)
        held = load_file(weights / "model.safetensors")
        held = {k.removeprefix("bert."): v for k, v in held.items() if "pooler" not in k and "position_ids" not in k}
        self.encoder.load_state_dict(held, strict=True)
        self.tokens = nn.Linear(config.hidden_size, 3)
        self.whole = nn.Linear(config.hidden_size, 1)
        # The vocabulary's embeddings stay as they are: a short training only wears down the words it never sees.
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits: (batch, tokens, 3) for start, end and evidence; (batch,) for answerable."""
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.tokens(hidden), self.whole(hidden[:, 0]).squeeze(-1)
