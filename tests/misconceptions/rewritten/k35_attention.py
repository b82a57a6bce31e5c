"""Wrong answers to k35, each written in another way."""

import torch


class MaskAfterSoftmax:
    """The softmax by hand over all keys, and then a product with the mask."""

    def attention(q, k, v, mask=None):
        scores = torch.einsum("...le,...se->...ls", q, k) * q.shape[-1] ** -0.5
        shares = torch.exp(scores - scores.detach().amax(-1, keepdim=True))
        shares = shares / shares.sum(-1, keepdim=True)
        if mask is not None:
            shares = torch.where(mask, shares, torch.zeros_like(shares))
        return torch.einsum("...ls,...sd->...ld", shares, v)


class NotScaled:
    """Transposed all the way: keys by queries."""

    def attention(q, k, v, mask=None):
        scores = (k @ q.transpose(-1, -2)).transpose(-1, -2)
        if mask is not None:
            scores = torch.where(mask, scores, -torch.inf)
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = torch.where(mask.any(-1, keepdim=True), weights, 0.0)
        return weights.matmul(v)
