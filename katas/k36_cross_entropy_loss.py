"""Part 5 · Under the hood
k36 · Cross-entropy, with all its options

The loss of k08 and k13, as torch has it. Of each row, log_softmax (k06) makes
log-probabilities, here lp. The loss of the row is −lp at its target, and the loss of the
batch is the mean over its rows. Torch's function has options, of which you write two.

*Rows that do not count.* Say that each row is a word of a sentence. Sentences have
different lengths. To make a batch of them, the short ones are filled up with rows from
which there is nothing to learn. Such a row has the target `ignore_index`. It is left out of
the sum, *and* out of the number that the sum is divided by. Usually `ignore_index` is −100,
which is not a class. It may be a class too: then the rows of that class are left out, but
the class itself stays, as a possible guess, in every softmax.

*Label smoothing.* The loss of a row is zero only if p = 1 at the target, and for that the
logits would have to grow for ever. So settle for a little less. With
ε = label_smoothing, the share ε of the loss is the mean over *all* C classes, the target
among them:

    lossᵢ = (1 − ε) · (−lp[i, targetᵢ]) + ε · (mean over j of −lp[i, j])

    cross_entropy = (sum of lossᵢ over the rows that count) / (number of those rows)

With ε = 0.1 and ten classes, the loss is least where p at the target is 0.91: beyond that,
more certainty costs more.

Torch's own also takes weights for the classes, probabilities as targets, and images.

Mastery is what real data ask for. Logits may be large (k06). Where a class is ruled out,
its logit is −∞, and 0 · ∞ is not a number. And a wrong label or a wrong ε has to be
noticed: as an index, −1 counts from the end, and picks a number without complaint.

Read: https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
      https://arxiv.org/abs/1512.00567 (section 7, where the smoothing comes from)
Source: https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/native/LossNLL.cpp
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def cross_entropy(
    input: Tensor, target: Tensor, ignore_index: int = -100, label_smoothing: float = 0.0
) -> Tensor:
    """Return the mean cross-entropy of the rows whose target is not `ignore_index`.

    input: (N, C) floating, logits. target: (N,) int64; at least one row counts.
    Result: scalar tensor, shape (). Not with torch's `cross_entropy` or `nll_loss`;
    `F.log_softmax` and `logsumexp` are allowed.
    Mastery: logits up to ±10,000; with ε = 0 logits of −∞ at other classes than the target.
    A target that is neither a class nor `ignore_index` raises IndexError, ValueError or
    RuntimeError; an ε outside 0 … 1, or NaN, raises ValueError or RuntimeError.

    >>> input = torch.tensor([[0.6, 0.2, 0.2], [0.1, 0.8, 0.1], [0.5, 0.3, 0.2]]).log()
    >>> target = torch.tensor([0, 1, -100])
    >>> cross_entropy(input, target)  # half of −log 0.6 − log 0.8
    tensor(0.3670)
    >>> cross_entropy(input, target, label_smoothing=0.3)
    tensor(0.6848)
    """
    raise NotImplementedError  # TODO: the rows that count, both terms of their loss, the mean
