"""Part 5 · Under the hood
k44 · A function with its own backward

In k06 autograd found the gradient of log-softmax by itself: it recorded exp, sum, log and
the subtraction, and went back through all four, as you did in k43. Torch's own function
is *one* node of the graph with *one* rule. It is quicker, keeps less, and loses fewer
digits. With `torch.autograd.Function` you build such a node of your own:

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):            x: a tensor; nothing in here is recorded
            ctx.save_for_backward(x)    what the way back will need
            return x * x

        @staticmethod
        def backward(ctx, grad):        grad: the gradient of the result
            (x,) = ctx.saved_tensors
            return 2 * x * grad         the gradient of x

`Square.apply(x)` calls `forward`, and its result is a node of the graph. `backward` is
called later, with the gradient of the loss with respect to that result: what arrives *from
upstream*. By the chain rule, the gradient of x depends on it, so *use* `grad`, whatever it
is.

Now for y = log_softmax(x), over the last axis. The gradient of yᵢ with respect to xⱼ is
−softmax(x)ⱼ, and 1 more where i = j. Multiply by gradᵢ and sum over i:

    gradient of xⱼ = gradⱼ − softmax(x)ⱼ · Σᵢ gradᵢ

where softmax(x) is exp(y), and each row has a sum of its own. For the loss of k43, grad
is −1/N at the target and 0 elsewhere. What comes out is guess minus truth, over N.

Mastery: logits of any size and −∞, as in k06; and a way back that is never silently wrong.
`ctx.save_for_backward` notices when somebody changes a saved tensor in place before
`backward`, while an attribute (`ctx.y = y`) does not. And a gradient may have a gradient
of its own: with `create_graph=True`, autograd records `backward` itself. It knows where x
and the result y come from, but nothing of what you made in between. So save one of these
two, and compute the softmax from it on the way back.

Read: https://docs.pytorch.org/docs/stable/notes/extending.html#extending-torch-autograd
      https://docs.pytorch.org/tutorials/intermediate/custom_function_double_backward_tutorial.html
Source: https://github.com/pytorch/pytorch/blob/main/torch/autograd/function.py
"""

from typing import Any

import torch
from torch import Tensor


class LogSoftmax(torch.autograd.Function):
    """Log-softmax over the last axis, as one node of the graph.

    Not with torch's own softmax, log-softmax or their backward kernels, nor with autograd
    inside: no `backward()` and no `torch.autograd.grad`. `logsumexp` is allowed.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """Return the log-softmax of x (…, C), and save what `backward` needs."""
        raise NotImplementedError  # TODO: compute it as in k06, and save what backward needs

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        """Return the gradient of x, given that of the result."""
        raise NotImplementedError  # TODO: the formula, with the grad that arrives


def log_softmax(x: Tensor) -> Tensor:
    """Return the log-softmax of x over its last axis, by the Function above.

    >>> x = torch.tensor([[0.0, 0.0]], requires_grad=True)
    >>> y = log_softmax(x)
    >>> y.backward(torch.tensor([[1.0, 0.0]]))
    >>> x.grad, type(y.grad_fn).__name__
    (tensor([[ 0.5000, -0.5000]]), 'LogSoftmaxBackward')
    """
    raise NotImplementedError  # TODO: apply the Function
