"""Right answers to k35, written differently."""

import math

import torch


class PlainlyWritten:
    """As the formula has it; a query that sees nothing gets NaN."""

    mastery = False

    def attention(q, k, v, mask=None):
        scores = torch.matmul(q, k.transpose(-2, -1)) / q.size(-1) ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float("-inf"))
        return torch.matmul(torch.softmax(scores, dim=-1), v)


class FiniteFill:
    """With a very low number in place of -inf."""

    mastery = False

    def attention(q, k, v, mask=None):
        scores = q @ k.mT / math.sqrt(q.size(-1))
        if mask is not None:
            scores = torch.where(mask, scores, -1e9)
        return scores.softmax(-1) @ v

    def causal_mask(n):
        return ~torch.triu(torch.ones(n, n), diagonal=1).bool()


class Einsum:
    """The sums by their letters, the softmax by hand."""

    def attention(q, k, v, mask=None):
        scores = torch.einsum("...le,...se->...ls", q / math.sqrt(q.shape[-1]), k)
        seen = torch.ones_like(scores, dtype=torch.bool)
        if mask is not None:
            seen = seen & mask
        scores = torch.where(seen, scores, torch.finfo(scores.dtype).min)
        shares = (scores - scores.detach().amax(-1, keepdim=True)).exp()
        shares = torch.where(seen, shares, 0.0)
        total = shares.sum(-1, keepdim=True).clamp(min=1e-30)
        return torch.einsum("...ls,...sd->...ld", shares / total, v)

    def causal_mask(n):
        return torch.arange(n).unsqueeze(1) >= torch.arange(n).unsqueeze(0)


class AddedMask:
    """A mask of numbers is added, and a query that sees nothing looks at all, and is zeroed."""

    def attention(q, k, v, mask=None):
        scores = (q * q.size(-1) ** -0.5) @ k.transpose(-1, -2)
        if mask is None:
            return torch.softmax(scores, -1) @ v
        blind = mask.logical_not().all(-1, keepdim=True)
        hidden = torch.zeros(mask.shape, dtype=q.dtype)
        hidden = hidden.masked_fill(~(mask | blind), -torch.inf)
        gave = torch.softmax(scores + hidden, -1) @ v
        return torch.where(blind.expand(*gave.shape[:-1], 1), 0.0, gave)

    def causal_mask(n):
        return torch.tril(torch.ones((n, n))).to(torch.bool)


class QueryByQuery:
    """One query at a time, of one sequence after the other."""

    def attention(q, k, v, mask=None):
        *before, length, inner = q.shape
        keys, outer = v.shape[-2:]
        seen = torch.ones((), dtype=torch.bool) if mask is None else mask
        seen = seen.expand(*before, length, keys).reshape(-1, length, keys)
        q, k = q.reshape(-1, length, inner), k.reshape(-1, keys, inner)
        rows = []
        for queries, own_keys, values, masks in zip(q, k, v.reshape(-1, keys, outer), seen):
            for query, sees in zip(queries, masks):
                scores = (own_keys[sees] * query).sum(1) / math.sqrt(inner)
                rows.append((scores.softmax(0)[:, None] * values[sees]).sum(0))
        return torch.stack(rows).reshape(*before, length, outer)

    def causal_mask(n):
        return torch.tensor([[j <= i for j in range(n)] for i in range(n)])


# Mutants of the reference answer that are right too, by what they contain.
MUTANTS: dict[str, str] = {}
