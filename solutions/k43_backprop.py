"""Part 5 · Under the hood
k43 · Backpropagation by hand

Since k12, `loss.backward()` has filled in every `.grad`. Here you do its work, for two
linear layers with a ReLU between them. Forward, with N rows and C classes:

    h = xb @ w1 + b1                     (N, hidden)
    a = relu(h)                          (N, hidden)
    z = a @ w2 + b2                      (N, C), the logits
    loss = cross_entropy(z, yb)          (), the mean over the rows, as in k13

Write dz for the gradient of the loss with respect to z: a tensor of the shape of z, which
says how the loss changes with each entry. *Backpropagation* begins at the loss and takes
the lines in reverse order. From the gradient of what a line makes, it computes those of
what the line was made from:

    dz = (softmax(z) − one_hot(yb)) / N       guess minus truth; 1/N is from the mean
    dw2 = aᵀ @ dz     db2 = the sum of the rows of dz     da = dz @ w2ᵀ
    dh = da where h > 0, and 0 elsewhere
    dw1 = xbᵀ @ dh    db1 = the sum of the rows of dh

Why guess minus truth? The loss of a row is log Σⱼ exp(zⱼ) − z at its target (k06, k08).
The derivative of the first term is softmax(z), that of the second is 1 at the target. And
a factor of a product gets the gradient times the *other* factor. The shapes tell which one
is transposed, and on which side it stands: dw2 has the shape of w2.

Autograd has such a rule for each function, in the file named below, and applies the rules
in the same order. That is all that it does. The formulas for dw and dh are also why
training needs memory: the forward pass has to keep xb, a and h for the way back.

Mastery: logits of any size, and a class that is ruled out, with −∞ in b2. Subtracting
each row's maximum before exp takes care of both (k06). But do not multiply logarithms by a
one-hot: 0 · ∞ is not a number.

Read: https://cs231n.github.io/optimization-2/
      http://neuralnetworksanddeeplearning.com/chap2.html
Source: https://github.com/pytorch/pytorch/blob/main/tools/autograd/derivatives.yaml
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def loss_and_gradients(
    xb: Tensor, yb: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return the loss, and its gradients with respect to w1, b1, w2 and b2.

    xb (N, n), yb (N,) int64, w1 (n, hidden), b1 (hidden,), w2 (hidden, C), b2 (C,). Any of
    them may require grad; no result does. Not with autograd or torch's backward kernels;
    `F.cross_entropy`, `softmax` and the like are allowed.

    >>> xb, yb = torch.tensor([[2.0]]), torch.tensor([0])
    >>> w1, b1 = torch.tensor([[1.0, -1.0]]), torch.zeros(2)
    >>> w2, b2 = torch.tensor([[0.0, 1.0], [3.0, 4.0]]), torch.tensor([2.0, 0.0])
    >>> loss, dw1, db1, dw2, db2 = loss_and_gradients(xb, yb, w1, b1, w2, b2)
    >>> loss, db2, dw1
    (tensor(0.6931), tensor([-0.5000,  0.5000]), tensor([[1., 0.]]))
    """
    with torch.no_grad():
        h = xb @ w1 + b1
        a = h.relu()
        z = a @ w2 + b2
        dz = (z.softmax(1) - F.one_hot(yb, len(b2))) / len(xb)
        dh = (dz @ w2.T).where(h > 0, 0)
        return F.cross_entropy(z, yb), xb.T @ dh, dh.sum(0), a.T @ dz, dz.sum(0)
