"""Wrong answers to k43."""

import torch
import torch.nn.functional as F


def _forward(xb, w1, b1, w2, b2):
    h = xb @ w1 + b1
    a = h.relu()
    return h, a, a @ w2 + b2


def _guess_minus_truth(z, yb):
    return (z.softmax(1) - F.one_hot(yb, z.shape[1])) / len(z)


def _back(xb, h, a, w2, dz):
    dh = (dz @ w2.T) * (h > 0)
    return xb.T @ dh, dh.sum(0), a.T @ dz, dz.sum(0)


class NoMean:
    """The gradients are N times too large, because the 1/N of the mean is missing.

    Divide dz by the number of rows.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        dz = z.softmax(1) - F.one_hot(yb, z.shape[1])
        return F.cross_entropy(z, yb), *_back(xb, h, a, w2, dz)


class DividedByTheClasses:
    """The gradients are divided by all entries of the logits, N·C, instead of the rows, N.

    Divide dz by the number of rows: the loss is the mean over these.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        dz = (z.softmax(1) - F.one_hot(yb, z.shape[1])) / z.numel()
        return F.cross_entropy(z, yb), *_back(xb, h, a, w2, dz)


class MeanForTheBias:
    """The gradients of the biases are averaged over the rows, though dz has the 1/N already.

    Sum over the rows: each of them was given the same bias.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        dz = _guess_minus_truth(z, yb)
        dh = (dz @ w2.T) * (h > 0)
        return F.cross_entropy(z, yb), xb.T @ dh, dh.mean(0), a.T @ dz, dz.mean(0)


class BiasNotSummed:
    """The gradients of the biases have a row for each row of the batch, but a bias is one row.

    Sum over the rows, with `.sum(0)`: each of them was given the same bias.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        dz = _guess_minus_truth(z, yb)
        dh = (dz @ w2.T) * (h > 0)
        return F.cross_entropy(z, yb), xb.T @ dh, dh, a.T @ dz, dz


class NoTarget:
    """The gradient of the logits is the guess, without the truth.

    Subtract 1 at each row's target, or the one-hot of the targets, before dividing by N.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        return F.cross_entropy(z, yb), *_back(xb, h, a, w2, z.softmax(1) / len(z))


class TruthMinusGuess:
    """The gradients have the wrong sign: a step against them would make the loss larger.

    Write guess minus truth, not truth minus guess.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        return F.cross_entropy(z, yb), *_back(xb, h, a, w2, -_guess_minus_truth(z, yb))


class OnlyTheTargetEntry:
    """Only the entry at the target gets a gradient, as if the other logits had no part in its
    probability.

    Use the whole softmax: raising any logit lowers the probabilities of all other classes.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        truth = F.one_hot(yb, z.shape[1])
        return F.cross_entropy(z, yb), *_back(xb, h, a, w2, -truth / z.softmax(1) / len(z))


class TargetOfTheLogit:
    """The gradient of the logits is −1/N at the target and nothing else, as if the loss were minus
    the logit there.

    Add the other term of the loss, log Σ exp(z): its gradient is the softmax.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        truth = F.one_hot(yb, z.shape[1]).to(z.dtype)
        return F.cross_entropy(z, yb), *_back(xb, h, a, w2, -truth / len(z))


class LogForGuess:
    """The guess is taken from log-softmax as it is, so it is a logarithm, not a probability.

    Take `exp` of it first, or use `softmax`.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        dz = (z.log_softmax(1) - F.one_hot(yb, z.shape[1])) / len(z)
        return F.cross_entropy(z, yb), *_back(xb, h, a, w2, dz)


class ThroughTheReluUnchanged:
    """The gradient goes through the ReLU unchanged, also where the ReLU was off.

    Multiply it by `h > 0`: where the ReLU gave zero, h had no part in the loss.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        _, a, z = _forward(xb, w1, b1, w2, b2)
        dz = _guess_minus_truth(z, yb)
        dh = dz @ w2.T
        return F.cross_entropy(z, yb), xb.T @ dh, dh.sum(0), a.T @ dz, dz.sum(0)


class ReluOfTheGradient:
    """The ReLU is applied to the gradient: what is negative becomes zero.

    Multiply by `h > 0`: what counts is the sign of the ReLU's input on the way forward.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        _, a, z = _forward(xb, w1, b1, w2, b2)
        dz = _guess_minus_truth(z, yb)
        dh = (dz @ w2.T).relu()
        return F.cross_entropy(z, yb), xb.T @ dh, dh.sum(0), a.T @ dz, dz.sum(0)


class InputOfTheReluForItsOutput:
    """The gradient of w2 is computed from h, the input of the ReLU.

    Use its output `a`, which was multiplied by w2.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, _, z = _forward(xb, w1, b1, w2, b2)
        return F.cross_entropy(z, yb), *_back(xb, h, h, w2, _guess_minus_truth(z, yb))


class Transposed:
    """The gradients of the weights are transposed.

    Transpose the other factor, and put it on the left: aᵀ @ dz has the shape of w2.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        dz = _guess_minus_truth(z, yb)
        dh = (dz @ w2.T) * (h > 0)
        return F.cross_entropy(z, yb), dh.T @ xb, dh.sum(0), dz.T @ a, dz.sum(0)


class BackWithoutTranspose:
    """The gradient goes back through w2 as it went forward: that fits only where w2 is square.

    Multiply by w2 transposed: `dz @ w2.T`.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        dz = _guess_minus_truth(z, yb)
        dh = (dz @ w2) * (h > 0)
        return F.cross_entropy(z, yb), xb.T @ dh, dh.sum(0), a.T @ dz, dz.sum(0)


class OldWeightsUpdated:
    """The way back goes through a w2 that has already made a step.

    Use the w2 of the way forward, and leave the steps to the optimiser.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        dz = _guess_minus_truth(z, yb)
        stepped = w2 - 0.1 * (a.T @ dz)
        return F.cross_entropy(z, yb), *_back(xb, h, a, stepped, dz)


class StepTaken:
    """The parameters were changed by a step of gradient descent.

    Return the gradients, and leave the arguments as they are.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        gradients = _back(xb, h, a, w2, _guess_minus_truth(z, yb))
        for p, gradient in zip((w1, b1, w2, b2), gradients, strict=True):
            p -= 0.1 * gradient
        return F.cross_entropy(z, yb), *gradients


class WrittenIntoGrad:
    """The gradients are written into `.grad` as well.

    Only return them: what is in `.grad` is the caller's.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        gradients = _back(xb, h, a, w2, _guess_minus_truth(z, yb))
        for p, gradient in zip((w1, b1, w2, b2), gradients, strict=True):
            p.grad = gradient.clone()
        return F.cross_entropy(z, yb), *gradients


class SumForTheLoss:
    """The loss is the sum over the rows, though the gradients are those of the mean.

    Average: `F.cross_entropy(z, yb)` does.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        loss = F.cross_entropy(z, yb, reduction="sum")
        return loss, *_back(xb, h, a, w2, _guess_minus_truth(z, yb))


class GraphLeft:
    """The results carry a graph, since autograd has recorded how they were computed.

    Compute under `torch.no_grad()`: nobody goes back through gradients made by hand.
    """

    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        return F.cross_entropy(z, yb), *_back(xb, h, a, w2, _guess_minus_truth(z, yb))


class FiniteDifferences:
    """The gradients are differences of two losses, which have half of the digits at best, and take
    two forward passes for each number.

    Go back through the lines once, from the last to the first.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        given = [tensor.double() for tensor in (w1, b1, w2, b2)]

        def loss():
            return F.cross_entropy(_forward(xb.double(), *given)[2], yb)

        gradients = []
        for i, tensor in enumerate(given):
            gradient = torch.zeros_like(tensor)
            for at in range(tensor.numel()):
                sides = []
                for step in (1e-6, -1e-6):
                    moved = tensor.clone()
                    moved.view(-1)[at] += step
                    given[i] = moved
                    sides.append(loss())
                given[i] = tensor
                gradient.view(-1)[at] = (sides[0] - sides[1]) / 2e-6
            gradients.append(gradient.to(xb.dtype))
        return loss().to(xb.dtype), *gradients


class SafetyTerm:
    """A small constant is added inside the logarithm of the loss, which makes it wrong.

    Add nothing: take `F.cross_entropy(z, yb)`, or subtract the row's maximum before `exp`.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        p = z.softmax(1)[torch.arange(len(yb)), yb]
        return -(p + 1e-8).log().mean(), *_back(xb, h, a, w2, _guess_minus_truth(z, yb))


class SinglePrecision:
    """For float64 input the results are only as exact as float32.

    Leave the dtype alone: the operations keep it.
    """

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        dtype = xb.dtype
        xb, w1, b1, w2, b2 = (tensor.float() for tensor in (xb, w1, b1, w2, b2))
        h, a, z = _forward(xb, w1, b1, w2, b2)
        gave = F.cross_entropy(z, yb), *_back(xb, h, a, w2, _guess_minus_truth(z, yb))
        return tuple(tensor.to(dtype) for tensor in gave)


class ReadyMadeBackward:
    """That is autograd; this kata is about doing its work."""

    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        leaves = [tensor.detach().clone().requires_grad_() for tensor in (w1, b1, w2, b2)]
        loss = F.cross_entropy(_forward(xb.detach(), *leaves)[2], yb)
        loss.backward()
        return loss.detach(), *(leaf.grad for leaf in leaves)


class ReadyMadeTransform:
    """That is autograd in the form of a function; this kata is about doing its work."""

    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        def loss_of(*parameters):
            return F.cross_entropy(_forward(xb.detach(), *parameters)[2], yb)

        given = [tensor.detach() for tensor in (w1, b1, w2, b2)]
        gradients, loss = torch.func.grad_and_value(loss_of, (0, 1, 2, 3))(*given)
        return loss, *gradients


class ReadyMadeKernel:
    """That is the kernel by which autograd goes back through a ReLU; this kata is about doing its
    work."""

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        dz = _guess_minus_truth(z, yb)
        dh = torch.ops.aten.threshold_backward(dz @ w2.T, h, 0)
        return F.cross_entropy(z, yb), xb.T @ dh, dh.sum(0), a.T @ dz, dz.sum(0)


class Overflows:
    """In float32, exp(z) is infinite from z = 89 on, and ∞/∞ is not a number.

    Subtract each row's maximum first, or use `softmax`, which does so.
    """

    mastery = True

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        p = z.exp() / z.exp().sum(1, keepdim=True)
        dz = (p - F.one_hot(yb, z.shape[1])) / len(z)
        return F.cross_entropy(z, yb), *_back(xb, h, a, w2, dz)


class TimesZero:
    """The loss multiplies all log-probabilities by a one-hot, and 0 · ∞ is not a number where a
    class is ruled out.

    Pick the entry at the target by indexing, or use `F.cross_entropy`.
    """

    mastery = True

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        loss = -(F.one_hot(yb, z.shape[1]) * z.log_softmax(1)).sum() / len(z)
        return loss, *_back(xb, h, a, w2, _guess_minus_truth(z, yb))


class Clamped:
    """Large logits are cut off, which hides the overflow and changes the results.

    Subtract each row's maximum instead, which changes nothing.
    """

    mastery = True

    @torch.no_grad()
    def loss_and_gradients(xb, yb, w1, b1, w2, b2):
        h, a, z = _forward(xb, w1, b1, w2, b2)
        z = z.clamp(-80, 80)
        return F.cross_entropy(z, yb), *_back(xb, h, a, w2, _guess_minus_truth(z, yb))
