"""Part 5 · Under the hood
k35 · Attention

A convolution (k34) looks at what is near. Attention looks at what fits, wherever it is.
Think of a dictionary that is asked with a *query* q. It has S entries, each with a *key* k
and a *value* v. The larger the product of a query and a key, the better they fit. The
answer is a mean of all the values, in which those with fitting keys count most:

    scores  = q · kᵀ / √E           (…, L, S): one row for each of L queries
    weights = softmax(scores)       along the keys, so that each row sums to one (k06)
    result  = weights · v           (…, L, D)

    q (…, L, E)    k (…, S, E)    v (…, S, D)

That is k06 between two matrix products. Why √E? A sum of E products of independent numbers
of size one has the size √E. Without the division, a large E would put all the weight on one
key, and the others would get no gradient.

What is on the axes before the last two (a batch, and several *heads* that look for
different things) is computed side by side: `@` takes these axes along, and
`k.transpose(-2, -1)` turns the last two only.

A *mask* says who may look where: bool, True where a query may see a key. A hidden key gets
the score −∞, before the softmax. Its weight is then e^−∞ = 0, and the others sum to one.
(A score of 0 hides nothing, since e⁰ = 1.) To continue a text, a word may only look at itself
and at the words before it: that is the *causal* mask, a triangle.

`nn.MultiheadAttention` is this, between a few linear layers and a reshape. Torch's own
function also takes masks of numbers and dropout, and chooses a kernel that never writes
down all the scores (flash attention).

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
      https://arxiv.org/abs/1706.03762 (section 3.2)
Source: https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/native/transformers/attention.cpp
"""

import math

import torch
from torch import Tensor


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return softmax(q · kᵀ / √E) · v, over the keys that each query may see.

    q: (…, L, E). k: (…, S, E). v: (…, S, D). mask: bool, (L, S) or (…, L, S), True where a
    query may look. Result: (…, L, D). Not with torch functions that have `attention` or
    `transformer` in their name; `softmax` is allowed.
    Mastery: scores up to ±10,000; every mask that broadcasts to (…, L, S); a query that may
    see nothing gets zeros, and passes on zero gradients.

    >>> q = torch.tensor([[1.0], [0.0]])
    >>> k, v = torch.tensor([[0.0], [math.log(3)]]), torch.tensor([[0.0], [1.0]])
    >>> attention(q, k, v)  # the first query: e⁰ to e^log 3, 1 to 3
    tensor([[0.7500],
            [0.5000]])
    >>> attention(q, k, v, causal_mask(2))
    tensor([[0.0000],
            [0.5000]])
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is None:
        return scores.softmax(-1) @ v
    weights = scores.masked_fill(~mask, -math.inf).softmax(-1)
    # Where all scores are −∞, the softmax is 0 / 0.
    weights = weights.masked_fill(~mask.any(-1, keepdim=True), 0.0)
    return weights @ v


def causal_mask(n: int) -> Tensor:
    """Return the mask (n, n) with which each query sees its own key and those before it.

    >>> causal_mask(2)
    tensor([[ True, False],
            [ True,  True]])
    """
    return torch.ones(n, n, dtype=torch.bool).tril()
