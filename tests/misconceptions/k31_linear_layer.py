"""Wrong answers to k31."""

import math
from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def uniform(*shape, bound, **where):
    """Draw a parameter as a right answer does."""
    return nn.Parameter(torch.empty(shape, **where).uniform_(-bound, bound))


class Base(nn.Module):
    """What is right in most of these answers."""

    def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        where = {"device": device, "dtype": dtype}
        self.weight = self.draw_weight(in_features, out_features, where)
        self.bias = self.draw_bias(in_features, out_features, where) if bias else None

    def draw_weight(self, n_in, n_out, where):
        return uniform(n_out, n_in, bound=n_in**-0.5, **where)

    def draw_bias(self, n_in, n_out, where):
        return uniform(n_out, bound=n_in**-0.5, **where)

    def forward(self, x):
        return F.linear(x, self.weight, self.bias)

    def extra_repr(self):
        has = self.bias is not None
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={has}"


class InputsFirst:
    """The weights have shape (in_features, out_features), as in k05 and k14, and so no state dict
    fits.

    Make them (out_features, in_features), and multiply by the transpose.
    """

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            return uniform(n_in, n_out, bound=n_in**-0.5, **where)

        def forward(self, x):
            y = x @ self.weight
            return y if self.bias is None else y + self.bias


class Normal:
    """The weights are normal with standard deviation 1/√in_features, as in k05 and k14.

    Draw them with `uniform_(-bound, bound)`, where the bound is 1/√in_features.
    """

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            return nn.Parameter(torch.randn(n_out, n_in, **where) / math.sqrt(n_in))


class NormalOfTheRightDeviation:
    """The weights have the right standard deviation, 0.58/√in_features, but are normal.

    Draw them with `uniform_(-bound, bound)`, where the bound is 1/√in_features.
    """

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            return nn.Parameter(torch.randn(n_out, n_in, **where) / math.sqrt(3 * n_in))


class DeviationForBound:
    """The weights have a standard deviation of 1/√in_features, and so their bound is √3 times too
    large.

    Take 1/√in_features as the *bound*: `uniform_(-bound, bound)`.
    """

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            return uniform(n_out, n_in, bound=math.sqrt(3 / n_in), **where)


class EitherBound:
    """Every weight is one of two numbers, plus or minus the same.

    Draw from all the numbers between them: `uniform_(-bound, bound)`.
    """

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            signs = torch.randint(2, (n_out, n_in), device=where["device"]) * 2 - 1
            return nn.Parameter(signs.to(where["dtype"] or torch.get_default_dtype()) / n_in**0.5)


class BoundOfOutputs:
    """The bound of the weights is 1/√out_features.

    Take the number of inputs: an output is a sum over them.
    """

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            return uniform(n_out, n_in, bound=n_out**-0.5, **where)


class Xavier:
    """The weights reach up to √(6/(in + out)), as Xavier Glorot draws them: by both sizes.

    Draw them between ±1/√in_features.
    """

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            return nn.Parameter(nn.init.xavier_uniform_(torch.empty(n_out, n_in, **where)))


class KaimingByDefault:
    """The weights reach up to √(6/in_features), as `kaiming_uniform_` draws them without its `a=`.

    Draw them between ±1/√in_features, as `a=math.sqrt(5)` makes it.
    """

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            return nn.Parameter(nn.init.kaiming_uniform_(torch.empty(n_out, n_in, **where)))


class NeverNegative:
    """No weight is negative, usually because they are drawn with `torch.rand`, between 0 and 1.

    Draw between minus the bound and the bound: `uniform_(-bound, bound)`.
    """

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            return nn.Parameter(torch.rand(n_out, n_in, **where) / math.sqrt(n_in))


class AllZero:
    """All weights are zero.

    Draw them between ±1/√in_features: in a network of several layers, weights that begin equal stay
    equal.
    """

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            return nn.Parameter(torch.zeros(n_out, n_in, **where))


class BiasOfZeros:
    """The bias begins at zero, as in k05.

    Draw it as torch does, between ±1/√in_features, like the weights.
    """

    class Linear(Base):
        def draw_bias(self, n_in, n_out, where):
            return nn.Parameter(torch.zeros(n_out, **where))


class BiasByOutputs:
    """The bound of the bias is 1/√out_features.

    Take the number of inputs for the bias too, though it has an entry for each output.
    """

    class Linear(Base):
        def draw_bias(self, n_in, n_out, where):
            return uniform(n_out, bound=n_out**-0.5, **where)


class OneNumberForTheBias:
    """All entries of the bias are the same number.

    Draw one for each output.
    """

    class Linear(Base):
        def draw_bias(self, n_in, n_out, where):
            return nn.Parameter(uniform(1, bound=n_in**-0.5, **where).detach().repeat(n_out))


class BiasFromTheWeights:
    """The bias is a column of the weights.

    Draw numbers of its own for it.
    """

    class Linear(Base):
        def draw_bias(self, n_in, n_out, where):
            return nn.Parameter(self.weight.detach()[:, 0].clone())


class BiasStays:
    """With `bias=False` there is a bias all the same, of zeros, and training would change it.

    Register none: `self.bias = None`.
    """

    class Linear(Base):
        def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
            super().__init__(in_features, out_features, True, device=device, dtype=dtype)
            if not bias:
                nn.init.zeros_(self.bias)


class BiasMissing:
    """With `bias=False` the attribute `bias` is missing.

    Assign None to it: whoever looks at a layer asks whether `layer.bias` is None.
    """

    class Linear(Base):
        def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
            super().__init__(in_features, out_features, bias, device=device, dtype=dtype)
            if not bias:
                del self.bias

        def forward(self, x):
            return F.linear(x, self.weight, getattr(self, "bias", None))


class BiasForgotten:
    """The bias is not added.

    Add it to the product, if there is one.
    """

    class Linear(Base):
        def forward(self, x):
            return x @ self.weight.T


class PlainTensors:
    """A plain tensor is not registered, even if it requires grad.

    Wrap it in `nn.Parameter`.
    """

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            return super().draw_weight(n_in, n_out, where).detach().requires_grad_()

        def draw_bias(self, n_in, n_out, where):
            return super().draw_bias(n_in, n_out, where).detach().requires_grad_()


class MatricesOnly:
    """One row of inputs, or more than two axes, are refused, as by `mm` and `addmm`.

    Multiply with `x @ self.weight.T`, which takes any number of axes before the last one.
    """

    raises = True

    class Linear(Base):
        def forward(self, x):
            y = x.mm(self.weight.t())
            return y if self.bias is None else y + self.bias


class InputsTurned:
    """x is transposed instead of the weights, and so is the result. With more than two axes
    that goes wrong.

    Transpose the weights: `x @ self.weight.T`.
    """

    raises = True

    class Linear(Base):
        def forward(self, x):
            y = (self.weight @ x.transpose(0, -1)).transpose(0, -1)
            return y if self.bias is None else y + self.bias


class ViewOfItsInput:
    """x is reshaped with `view`, which not every order in memory allows.

    Multiply with `x @ self.weight.T`, without reshaping.
    """

    raises = True

    class Linear(Base):
        def forward(self, x):
            y = F.linear(x.view(-1, self.weight.shape[1]), self.weight, self.bias)
            return y.reshape(*x.shape[:-1], -1)


class WeightsDetached:
    """The weights get no gradient, usually because `.data` or `.detach()` is multiplied.

    Use the parameter itself.
    """

    class Linear(Base):
        def forward(self, x):
            return F.linear(x, self.weight.data, self.bias)


class BiasDetached:
    """The bias gets no gradient, usually because `.data` or `.detach()` is added.

    Add the parameter itself.
    """

    class Linear(Base):
        def forward(self, x):
            y = x @ self.weight.T
            return y if self.bias is None else y + self.bias.data


class Remembered:
    """The layer goes on with the weights that it began with, whatever was loaded or learned since.

    Use `self.weight` in `forward`, and keep no copy.
    """

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            weight = super().draw_weight(n_in, n_out, where)
            self.turned = [weight.detach().T.clone()]
            return weight

        def forward(self, x):
            y = x @ self.turned[0].to(x.dtype) + 0 * self.weight.sum()
            return y if self.bias is None else y + self.bias


class TheSameForEachSize:
    """Two layers of the same size begin with the same numbers.

    Draw when a layer is made, and remember nothing.
    """

    @cache
    def _drawn(n_in, n_out):
        return torch.empty(n_out, n_in).uniform_(-(n_in**-0.5), n_in**-0.5)

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            return nn.Parameter(TheSameForEachSize._drawn(n_in, n_out).to(**where).clone())


class FromNumpy:
    """The weights come from another generator than torch's, on which `torch.manual_seed` has no
    effect.

    Draw with torch: `uniform_(-bound, bound)`.
    """

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            numbers = np.random.uniform(-1, 1, (n_out, n_in)) / math.sqrt(n_in)
            return nn.Parameter(torch.tensor(numbers, dtype=torch.float32).to(**where))


class ReadyMadeInside:
    """A ready-made layer is inside; this kata is about building it."""

    class Linear(nn.Module):
        def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
            super().__init__()
            self.layer = nn.Linear(in_features, out_features, bias, device, dtype)

        def forward(self, x):
            return self.layer(x)


class ReadyMadeNumbers:
    """The numbers are those of a ready-made layer; this kata is about drawing them."""

    class Linear(Base):
        def draw_weight(self, n_in, n_out, where):
            return nn.Parameter(nn.Linear(n_in, n_out, **where).weight.detach())


class ReadyMadeBase:
    """It is torch's own layer under another name; this kata is about building it."""

    class Linear(nn.Linear):
        pass


class ByConvolution:
    """A convolution does the multiplication; this kata is about writing it."""

    class Linear(Base):
        def forward(self, x):
            rows = x.reshape(-1, x.shape[-1], 1)
            y = torch.conv1d(rows, self.weight[:, :, None], self.bias)
            return y.reshape(*x.shape[:-1], -1)


class WhereNotPassedOn:
    """`device` and `dtype` are ignored.

    Pass them on to each function that makes a tensor.
    """

    mastery = True

    class Linear(Base):
        def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
            super().__init__(in_features, out_features, bias)


class BiasElsewhere:
    """The bias is made on the default device and as the default dtype, whatever was asked for.

    Pass `device` and `dtype` on for the bias too.
    """

    mastery = True

    class Linear(Base):
        def draw_bias(self, n_in, n_out, where):
            return super().draw_bias(n_in, n_out, {})


class AlwaysSingle:
    """Without a `dtype` the parameters are float32, whatever torch's default is.

    Pass None on: for the functions that make tensors it means the default.
    """

    mastery = True

    class Linear(Base):
        def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
            dtype = dtype or torch.float32
            super().__init__(in_features, out_features, bias, device=device, dtype=dtype)


class ByPosition:
    """`device` and `dtype` can be passed by position.

    Put a `*` before them in the signature.
    """

    mastery = True

    class Linear(Base):
        def __init__(self, in_features, out_features, bias=True, device=None, dtype=None):
            super().__init__(in_features, out_features, bias, device=device, dtype=dtype)


class ShowsNothing:
    """`repr` does not say what the layer is made of.

    Return it from `extra_repr`: in_features, out_features, and whether there is a bias.
    """

    mastery = True

    class Linear(Base):
        def extra_repr(self):
            return ""


class ShowsTheBiasItself:
    """`repr` shows the bias, or None, instead of whether there is one.

    Write `bias={self.bias is not None}`.
    """

    mastery = True

    class Linear(Base):
        def extra_repr(self):
            shown = None if self.bias is None else self.bias.tolist()
            return f"in_features={self.in_features}, out_features={self.out_features}, bias={shown}"
