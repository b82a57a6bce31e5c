"""Wrong answers to k32."""

import math
import random
from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class Base(nn.Module):
    """What is right in most of these answers."""

    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(p)
        self.p = p

    def scale(self):
        return 1 / (1 - self.p) if self.p < 1 else 1.0

    def kept(self, x):
        return torch.rand_like(x) >= self.p

    def forward(self, x):
        return x * self.kept(x) * self.scale() if self.training else x


class NotScaled:
    """What is left is not scaled, and so the sum of the entries is too small while training.

    Divide by 1 − p.
    """

    class Dropout(Base):
        def scale(self):
            return 1.0


class ScaledInEvaluation:
    """The entries are multiplied by 1 − p in evaluation, and not divided while training: the way of
    the paper of 2014.

    Divide by 1 − p while training, and return x in evaluation.
    """

    class Dropout(Base):
        def forward(self, x):
            return x * self.kept(x) if self.training else x * (1 - self.p)


class ScaledTwice:
    """The entries are divided by 1 − p in evaluation too.

    Return x as it is: nothing is missing in evaluation.
    """

    class Dropout(Base):
        def forward(self, x):
            return super().forward(x) if self.training else x * self.scale()


class Multiplied:
    """What is left is multiplied by 1 − p instead of divided.

    Divide: what is left has to make up for what is missing.
    """

    class Dropout(Base):
        def scale(self):
            return 1 - self.p if self.p < 1 else 1.0


class DividedByP:
    """What is left is divided by p instead of by 1 − p.

    Divide by the share that is left on average: 1 − p.
    """

    class Dropout(Base):
        def scale(self):
            return 1 / self.p if self.p else 1.0


class KeepProbability:
    """p is taken for the probability that an entry *stays*, as in the first TensorFlow.

    Drop the entries whose random number is below p, and divide the others by 1 − p.
    """

    class Dropout(Base):
        def forward(self, x):
            if not self.training or self.p in (0, 1):
                return x * (1 - self.p if self.training else 1)
            return x * (torch.rand_like(x) < self.p) / self.p


class MaskTurned:
    """The entries whose random number is below p stay, and the others go.

    Turn the comparison round: keep with `torch.rand_like(x) >= p`.
    """

    class Dropout(Base):
        def kept(self, x):
            return torch.rand_like(x) < self.p


class AlwaysDrops:
    """Entries are dropped in evaluation too.

    Return x if `self.training` is False.
    """

    class Dropout(Base):
        def forward(self, x):
            return x * self.kept(x) * self.scale()


class NeverDrops:
    """While training nothing is dropped.

    Drop entries if `self.training` is True, and return x otherwise.
    """

    class Dropout(Base):
        def forward(self, x):
            return x


class ModesSwapped:
    """Entries are dropped in evaluation, and none while training.

    Turn the condition round: `if not self.training: return x`.
    """

    class Dropout(Base):
        def forward(self, x):
            return x if self.training else x * self.kept(x) * self.scale()


class OnlyWhileRecording:
    """Entries are dropped only while gradients are recorded.

    Ask for `self.training`: the mode and `no_grad` are two things.
    """

    class Dropout(Base):
        def forward(self, x):
            return super().forward(x) if torch.is_grad_enabled() else x


class OneMask:
    """The same entries are dropped at each call, usually because the mask is kept.

    Draw in `forward`, and keep nothing.
    """

    class Dropout(Base):
        def __init__(self, p=0.5):
            super().__init__(p)
            self.masks = {}

        def kept(self, x):
            if x.shape not in self.masks:
                self.masks[x.shape] = torch.rand(x.shape) >= self.p
            return self.masks[x.shape]


class OneMaskForAllLayers:
    """All layers drop the same entries of inputs of the same shape, at each call.

    Draw in `forward`, without a cache.
    """

    @cache
    def _numbers(shape):
        return torch.rand(shape)

    class Dropout(Base):
        def kept(self, x):
            return OneMaskForAllLayers._numbers(x.shape) >= self.p


class OneRowForTheBatch:
    """The same entries are dropped in each row of the batch.

    Draw a number for each entry: `torch.rand_like(x)`.
    """

    class Dropout(Base):
        def kept(self, x):
            return torch.rand_like(x[:1] if x.dim() else x) >= self.p


class WholeChannels:
    """With three axes or more, whole channels are dropped, as `Dropout2d` does.

    Draw a number for each entry: `torch.rand_like(x)`.
    """

    class Dropout(Base):
        def kept(self, x):
            if x.dim() < 3:
                return super().kept(x)
            return torch.rand(*x.shape[:2], *[1] * (x.dim() - 2)) >= self.p


class WholeRows:
    """Whole rows are dropped.

    Draw a number for each entry: `torch.rand_like(x)`.
    """

    class Dropout(Base):
        def kept(self, x):
            return torch.rand_like(x[..., :1] if x.dim() else x) >= self.p


class AllOrNothing:
    """Either everything is dropped, or nothing.

    Draw a number for each entry: `torch.rand_like(x)`.
    """

    class Dropout(Base):
        def kept(self, x):
            return torch.rand(()) >= self.p


class ExactlyThatMany:
    """The number of entries that are dropped is always the same.

    Decide for each entry by itself: how many are missing in the end is left to chance.
    """

    class Dropout(Base):
        def kept(self, x):
            n = x.numel()
            order = torch.randperm(n)
            return (order >= round(self.p * n)).reshape(x.shape)


class ScaledByWhatIsLeft:
    """What is left is scaled by the share that happens to be left.

    Divide by 1 − p: that is the share that is left on average.
    """

    class Dropout(Base):
        def forward(self, x):
            if not self.training:
                return x
            kept = self.kept(x)
            return x * kept / kept.double().mean().clamp(min=0.01).to(x.dtype)


class InPlace:
    """The caller's own tensor is changed.

    Return a new one: `x * kept`, not `x *= kept`.
    """

    class Dropout(Base):
        def forward(self, x):
            if not self.training:
                return x
            kept = self.kept(x) * self.scale()
            with torch.no_grad():
                x.mul_(kept)
            return x * (kept > 0)


class InPlaceWithoutGradients:
    """The caller's own tensor is changed if it needs no gradient.

    Return a new one in every case.
    """

    class Dropout(Base):
        def forward(self, x):
            if self.training and not x.requires_grad:
                return x.mul_(self.kept(x) * self.scale())
            return super().forward(x)


class GradientUnchanged:
    """The gradient passes as if nothing had been dropped, usually because the entries are dropped
    in `.data`, or after a `.detach()`.

    Multiply x itself by the mask.
    """

    class Dropout(Base):
        def forward(self, x):
            return x + (super().forward(x) - x).detach()


class Detached:
    """The result is cut off from autograd, as by `.detach()`, `.data` or numpy.

    Multiply x itself by the mask.
    """

    class Dropout(Base):
        def forward(self, x):
            return super().forward(x.detach()) if self.training else x


class ZerosDropped:
    """The shape changes: the entries that are dropped are left out.

    Put zeros in their place: multiply by the mask.
    """

    class Dropout(Base):
        def forward(self, x):
            return x[self.kept(x)] * self.scale() if self.training else x


class NormalNumbers:
    """The numbers that decide come from a normal distribution, of which a share other than p is
    below p.

    Draw between 0 and 1, each number as likely: `torch.rand_like(x)`.
    """

    class Dropout(Base):
        def kept(self, x):
            return torch.randn_like(x) >= self.p


class AlwaysSingle:
    """The result is float32, whatever the input is.

    Keep the input's dtype: multiply x by the mask as it is.
    """

    class Dropout(Base):
        def forward(self, x):
            return super().forward(x).float()


class FromNumpy:
    """The mask comes from numpy's generator, on which `torch.manual_seed` has no effect.

    Draw with torch: `torch.rand_like(x)`.
    """

    class Dropout(Base):
        def kept(self, x):
            return torch.from_numpy(np.asarray(np.random.random(x.shape) >= self.p))


class FromPython:
    """The mask comes from Python's generator, on which `torch.manual_seed` has no effect.

    Draw with torch: `torch.rand_like(x)`.
    """

    class Dropout(Base):
        def kept(self, x):
            drawn = [random.random() >= self.p for _ in range(x.numel())]
            return torch.tensor(drawn, dtype=torch.bool).reshape(x.shape)


class Seeded:
    """The layer has a generator of its own, which begins with the same seed at each call.

    Draw from torch's generator, and seed nothing.
    """

    class Dropout(Base):
        def kept(self, x):
            generator = torch.Generator().manual_seed(0)
            return torch.rand(x.shape, generator=generator) >= self.p


class MaskKept:
    """The mask is a buffer, and so it is saved with the model.

    Use a local variable: the mask is not needed after the call.
    """

    class Dropout(Base):
        def kept(self, x):
            self.register_buffer("mask", super().kept(x))
            return self.mask


class PIsLearned:
    """p is a parameter, and training would change it.

    Keep the number itself: `self.p = p`.
    """

    class Dropout(Base):
        def __init__(self, p=0.5):
            super().__init__(p)
            self.p = nn.Parameter(torch.tensor(float(p)))

        def kept(self, x):
            return torch.rand_like(x) >= self.p.item()

        def scale(self):
            return 1 / (1 - self.p.item()) if self.p.item() < 1 else 1.0


class OnePForAllLayers:
    """Every layer uses the p of the last one that was made, usually because it is kept on the
    class.

    Assign it to the instance: `self.p = p`.
    """

    class Dropout(Base):
        def __init__(self, p=0.5):
            super().__init__(p)
            del self.p
            type(self).p = p


class ReadyMade:
    """That is torch's own function; this kata is about writing it."""

    class Dropout(Base):
        def forward(self, x):
            return F.dropout(x, self.p, self.training)


class ReadyMadeBase:
    """It is torch's own layer under another name; this kata is about writing it."""

    class Dropout(nn.Dropout):
        pass


class ReadyMadeKernel:
    """That is torch's own kernel; this kata is about writing it."""

    class Dropout(Base):
        def forward(self, x):
            return torch.ops.aten.native_dropout(x, self.p, self.training)[0]


class NothingIsLeft:
    """With p = 1 the result is NaN, 0 / 0.

    Leave out the division if p is 1.
    """

    mastery = True

    class Dropout(Base):
        def forward(self, x):
            left = torch.tensor(1.0 - self.p, dtype=x.dtype)
            return x * self.kept(x) / left if self.training else x


class GradientOfNothing:
    """With p = 1 the result is right, and its gradient is NaN: a `where` hides x / 0 in the result
    only.

    Leave out the division if p is 1.
    """

    mastery = True

    class Dropout(Base):
        def forward(self, x):
            if not self.training:
                return x
            return torch.where(self.kept(x), x / torch.tensor(1.0 - self.p, dtype=x.dtype), 0.0)


class OneIsRefused:
    """p = 1 is refused, or makes the layer fail.

    Allow it: everything is dropped then, and the result is zeros.
    """

    mastery = True
    raises = True

    class Dropout(Base):
        def __init__(self, p=0.5):
            super().__init__(p)
            if p == 1:
                raise ValueError(p)


class NotAProbability:
    """A p that is not within 0 … 1 is accepted when the layer is made.

    Raise ValueError in `__init__`.
    """

    mastery = True

    class Dropout(Base):
        def __init__(self, p=0.5):
            super().__init__(0.5)
            self.p = p


class NaNIsLetThrough:
    """NaN is accepted for p: it is neither below 0 nor above 1.

    Ask whether p is inside: `if not 0 <= p <= 1`.
    """

    mastery = True

    class Dropout(Base):
        def __init__(self, p=0.5):
            super().__init__(0.5 if math.isnan(p) else p)
            self.p = p
