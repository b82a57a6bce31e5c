"""Wrong answers to k33."""

import torch
import torch.nn.functional as F
from torch import nn


class Base(nn.Module):
    """What is right in most of these answers."""

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.make_buffers(num_features)

    def make_buffers(self, c):
        self.register_buffer("running_mean", torch.zeros(c))
        self.register_buffer("running_var", torch.ones(c))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def check(self, x):
        if x.dim() != 4 or x.shape[1] != self.num_features:
            raise ValueError(x.shape)
        if self.training and x.numel() == self.num_features:
            raise ValueError(x.shape)

    def statistics(self, x):
        return x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)

    def unbiased(self, x, var):
        n = x.numel() // x.shape[1]
        return var * n / (n - 1)

    def mix(self, running, new):
        return (1 - self.momentum) * running + self.momentum * new

    def update(self, x, mean, var):
        with torch.no_grad():
            self.running_mean.copy_(self.mix(self.running_mean, mean))
            self.running_var.copy_(self.mix(self.running_var, self.unbiased(x, var)))
            self.num_batches_tracked += 1

    def normalise(self, x, mean, var):
        mean, var = mean[:, None, None], var[:, None, None]
        y = (x - mean) / (var + self.eps).sqrt()
        return y * self.weight[:, None, None] + self.bias[:, None, None]

    def forward(self, x):
        self.check(x)
        if not self.training:
            return self.normalise(x, self.running_mean, self.running_var)
        mean, var = self.statistics(x)
        self.update(x, mean, var)
        return self.normalise(x, mean, var)


class OverTheBatchOnly:
    """Mean and variance are taken over the batch only, for each pixel by itself.

    Take them over N, H and W: `x.mean((0, 2, 3))`.
    """

    class BatchNorm2d(Base):
        def forward(self, x):
            self.check(x)
            if not self.training:
                return super().forward(x)
            self.update(x, *self.statistics(x))
            y = (x - x.mean(0)) / (x.var(0, correction=0) + self.eps).sqrt()
            return y * self.weight[:, None, None] + self.bias[:, None, None]


class EachImageByItself:
    """Mean and variance are those of each image by itself, as instance norm has them.

    Take them over N as well: `x.mean((0, 2, 3))`.
    """

    class BatchNorm2d(Base):
        def forward(self, x):
            self.check(x)
            if not self.training:
                return super().forward(x)
            self.update(x, *self.statistics(x))
            var, mean = torch.var_mean(x, (2, 3), keepdim=True, correction=0)
            y = (x - mean) / (var + self.eps).sqrt()
            return y * self.weight[:, None, None] + self.bias[:, None, None]


class AllChannelsAlike:
    """One mean and one variance serve all channels.

    Take them over N, H and W, and leave an axis for the channels: `x.mean((0, 2, 3))`.
    """

    class BatchNorm2d(Base):
        def statistics(self, x):
            one = torch.ones_like(self.weight)
            return x.mean() * one, x.var(correction=0) * one


class OneVarianceBiased:
    """The biased variance goes into the running variance.

    Multiply what goes into `running_var` by n / (n − 1), where n = N·H·W.
    """

    class BatchNorm2d(Base):
        def unbiased(self, x, var):
            return var


class OneVariance:
    """The batch is normalised by the unbiased variance.

    Take the one that divides by n: `x.var((0, 2, 3), correction=0)`. The unbiased one is for
    `running_var`.
    """

    class BatchNorm2d(Base):
        def statistics(self, x):
            return x.mean((0, 2, 3)), x.var((0, 2, 3))

        def unbiased(self, x, var):
            return var


class MomentumReversed:
    """The running statistics keep the share `momentum` and take 1 − momentum of the new ones: the
    wrong way round.

    Take the share `momentum` of the new ones: (1 − momentum) · running + momentum · batch.
    """

    class BatchNorm2d(Base):
        def mix(self, running, new):
            return self.momentum * running + (1 - self.momentum) * new


class NothingKept:
    """The running statistics add the new ones without giving up a part of the old ones.

    Multiply the old ones by 1 − momentum.
    """

    class BatchNorm2d(Base):
        def mix(self, running, new):
            return running + self.momentum * new


class LastBatchOnly:
    """The running statistics are those of the last batch.

    Mix the old ones with the new ones: (1 − momentum) · running + momentum · batch.
    """

    class BatchNorm2d(Base):
        def mix(self, running, new):
            return new


class FirstBatchWhole:
    """The first batch replaces the running statistics.

    Mix it in as well: their beginning, zeros and ones, counts for 1 − momentum.
    """

    class BatchNorm2d(Base):
        def mix(self, running, new):
            return new if self.num_batches_tracked == 0 else super().mix(running, new)


class AlwaysATenth:
    """The momentum is 0.1, whatever was asked for.

    Use `self.momentum`.
    """

    class BatchNorm2d(Base):
        def __init__(self, num_features, eps=1e-5, momentum=0.1):
            super().__init__(num_features, eps)


class BatchInEvaluation:
    """In evaluation the batch is normalised by its own mean and variance.

    Use the running ones if `self.training` is False.
    """

    class BatchNorm2d(Base):
        def forward(self, x):
            self.check(x)
            mean, var = self.statistics(x)
            if self.training:
                self.update(x, mean, var)
            return self.normalise(x, mean, var)


class UpdatedInEvaluation:
    """The running statistics follow the batches in evaluation too.

    Change them only if `self.training`.
    """

    class BatchNorm2d(Base):
        def forward(self, x):
            self.check(x)
            mean, var = self.statistics(x)
            y = super().forward(x)
            if not self.training and x.numel() > self.num_features:
                self.update(x, mean, var)
            return y


class RunningInTraining:
    """In training too the batch is normalised by the running statistics.

    Use the batch's own: the running ones are for evaluation.
    """

    class BatchNorm2d(Base):
        def forward(self, x):
            self.check(x)
            if self.training:
                self.update(x, *self.statistics(x))
            return self.normalise(x, self.running_mean.clone(), self.running_var.clone())


class NeverUpdated:
    """The running statistics stay as they were at first, or as they were loaded.

    Mix in the batch's at each call in training.
    """

    class BatchNorm2d(Base):
        def update(self, x, mean, var):
            self.num_batches_tracked += 1


class OnlyWhileRecording:
    """Under `no_grad` the running statistics do not follow.

    Ask for `self.training`: the mode and `no_grad` are two things.
    """

    class BatchNorm2d(Base):
        def update(self, x, mean, var):
            if torch.is_grad_enabled():
                super().update(x, mean, var)


class NotCounted:
    """The batches are not counted.

    Add one to `num_batches_tracked` at each call in training.
    """

    class BatchNorm2d(Base):
        def update(self, x, mean, var):
            super().update(x, mean, var)
            self.num_batches_tracked -= 1


class PlainAttributes:
    """The running statistics are plain tensors: no `state_dict` saves them, and `.double()` leaves
    them behind.

    Register them: `self.register_buffer("running_mean", …)`.
    """

    class BatchNorm2d(Base):
        def make_buffers(self, c):
            self.running_mean, self.running_var = torch.zeros(c), torch.ones(c)
            self.num_batches_tracked = torch.tensor(0)


class StatisticsAsParameters:
    """The running statistics are parameters, and an optimiser would change them.

    Register them as buffers: `self.register_buffer("running_mean", …)`.
    """

    class BatchNorm2d(Base):
        def make_buffers(self, c):
            self.running_mean = nn.Parameter(torch.zeros(c))
            self.running_var = nn.Parameter(torch.ones(c))
            self.register_buffer("num_batches_tracked", torch.tensor(0))


class NotSaved:
    """The running statistics are not in the state dict.

    Leave out `persistent=False`: they are a part of what was learned.
    """

    class BatchNorm2d(Base):
        def make_buffers(self, c):
            self.register_buffer("running_mean", torch.zeros(c), persistent=False)
            self.register_buffer("running_var", torch.ones(c), persistent=False)
            self.register_buffer("num_batches_tracked", torch.tensor(0))


class FourAxes:
    """Parameters and buffers have shape (1, C, 1, 1), and so no state dict fits.

    Make them (C,), and add the axes where you compute: `mean[:, None, None]`.
    """

    class BatchNorm2d(Base):
        def __init__(self, num_features, eps=1e-5, momentum=0.1):
            super().__init__(num_features, eps, momentum)
            self.weight = nn.Parameter(torch.ones(1, num_features, 1, 1))
            self.bias = nn.Parameter(torch.zeros(1, num_features, 1, 1))

        def make_buffers(self, c):
            self.register_buffer("running_mean", torch.zeros(1, c, 1, 1))
            self.register_buffer("running_var", torch.ones(1, c, 1, 1))
            self.register_buffer("num_batches_tracked", torch.tensor(0))

        def update(self, x, mean, var):
            super().update(x, mean[:, None, None], var[:, None, None])

        def normalise(self, x, mean, var):
            shape = (1, -1, 1, 1)
            y = (x - mean.view(shape)) / (var.view(shape) + self.eps).sqrt()
            return y * self.weight + self.bias


class VarianceOfZeros:
    """`running_var` begins with zeros.

    Begin with ones: before the first batch, evaluation would divide by √eps otherwise.
    """

    class BatchNorm2d(Base):
        def make_buffers(self, c):
            super().make_buffers(c)
            self.running_var.zero_()


class StatisticsDetached:
    """No gradient flows through the mean and the variance, as if they were constants.

    Detach nothing that normalises: they are functions of x. Only the running ones leave the graph.
    """

    class BatchNorm2d(Base):
        def statistics(self, x):
            return super().statistics(x.detach())


class VarianceDetached:
    """No gradient flows through the variance.

    Detach nothing that normalises: the variance is a function of x.
    """

    class BatchNorm2d(Base):
        def statistics(self, x):
            mean, var = super().statistics(x)
            return mean, var.detach()


class GraphKept:
    """The running statistics keep the graph, and the second `backward` goes back into the first
    batch.

    Compute them under `torch.no_grad()`, or from detached values.
    """

    class BatchNorm2d(Base):
        def update(self, x, mean, var):
            self.running_mean = self.mix(self.running_mean, mean)
            self.running_var = self.mix(self.running_var, self.unbiased(x, var))
            self.num_batches_tracked += 1


class EpsOutside:
    """eps is added to the deviation, outside the root.

    Add it to the variance: √(var + eps).
    """

    class BatchNorm2d(Base):
        def normalise(self, x, mean, var):
            y = (x - mean[:, None, None]) / (var.sqrt() + self.eps)[:, None, None]
            return y * self.weight[:, None, None] + self.bias[:, None, None]


class NoEps:
    """eps is not used.

    Add it to the variance, inside the root: a constant channel has the variance 0.
    """

    class BatchNorm2d(Base):
        def normalise(self, x, mean, var):
            y = (x - mean[:, None, None]) / var.sqrt()[:, None, None]
            return y * self.weight[:, None, None] + self.bias[:, None, None]


class NotRooted:
    """The difference is divided by the variance instead of its root.

    Divide by √(var + eps).
    """

    class BatchNorm2d(Base):
        def normalise(self, x, mean, var):
            y = (x - mean[:, None, None]) / (var + self.eps)[:, None, None]
            return y * self.weight[:, None, None] + self.bias[:, None, None]


class AlongTheColumns:
    """The mean is subtracted, and the root divides, along W instead of along the channels.

    Give each two more axes: `mean[:, None, None]` is (C, 1, 1), but (C,) goes along the last axis.
    """

    class BatchNorm2d(Base):
        def normalise(self, x, mean, var):
            return (x - mean) / (var + self.eps).sqrt() * self.weight + self.bias


class NotLearned:
    """The weight and the bias have no effect.

    Multiply by `weight` and add `bias`, along the channels.
    """

    class BatchNorm2d(Base):
        def normalise(self, x, mean, var):
            return (x - mean[:, None, None]) / (var + self.eps).sqrt()[:, None, None]


class BatchOfOne:
    """A batch of one image is normalised by the running statistics in training.

    Use its own mean and variance: H·W values are enough.
    """

    class BatchNorm2d(Base):
        def forward(self, x):
            if self.training and len(x) == 1:
                self.check(x)
                return self.normalise(x, self.running_mean, self.running_var)
            return super().forward(x)


class SharedMemory:
    """`running_var` and `weight` share their memory, and so do `running_mean` and `bias`: each
    update changes the parameters.

    Make a tensor for each of the four.
    """

    class BatchNorm2d(Base):
        def make_buffers(self, c):
            self.register_buffer("running_mean", self.bias.data)
            self.register_buffer("running_var", self.weight.data)
            self.register_buffer("num_batches_tracked", torch.tensor(0))


class AlwaysSingle:
    """Mean and variance are computed in float32, whatever the input is.

    Keep the dtype of x: leave out `.float()`.
    """

    class BatchNorm2d(Base):
        def statistics(self, x):
            mean, var = super().statistics(x.float())
            return mean.to(x.dtype), var.to(x.dtype)


class ViewOfItsInput:
    """x is reshaped with `view`, which not every order in memory allows.

    Take the mean over several axes: `x.mean((0, 2, 3))`.
    """

    raises = True

    class BatchNorm2d(Base):
        def statistics(self, x):
            rows = x.view(x.shape[0], x.shape[1], -1)
            return rows.mean((0, 2)), rows.var((0, 2), correction=0)


class InPlace:
    """The caller's own tensor is normalised.

    Compute a new one: `x - mean`, not `x -= mean`.
    """

    class BatchNorm2d(Base):
        def forward(self, x):
            y = super().forward(x)
            x.data.copy_(y.detach())
            return y


class ReadyMade:
    """That is torch's own function; this kata is about writing it."""

    class BatchNorm2d(Base):
        def forward(self, x):
            self.check(x)
            if self.training:
                self.num_batches_tracked += 1
            return F.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias,
                self.training, self.momentum, self.eps,
            )  # fmt: skip


class ReadyMadeBase:
    """It is torch's own layer under another name; this kata is about writing it."""

    class BatchNorm2d(nn.BatchNorm2d):
        pass


class LayerNorm:
    """Another of torch's norms does the work, on an x with its axes moved; this kata is about
    writing it."""

    class BatchNorm2d(Base):
        def normalise(self, x, mean, var):
            if not self.training:
                return super().normalise(x, mean, var)
            rows = x.transpose(0, 1)
            y = F.layer_norm(rows, rows.shape[1:], eps=self.eps).transpose(0, 1)
            return y * self.weight[:, None, None] + self.bias[:, None, None]


class SquaresSubtracted:
    """The variance is E[x²] − E[x]². Where the mean is large, these two agree in all the digits
    that there are.

    Subtract the mean first, and square then; or use `torch.var_mean`.
    """

    mastery = True

    class BatchNorm2d(Base):
        def statistics(self, x):
            mean = x.mean((0, 2, 3))
            return mean, ((x * x).mean((0, 2, 3)) - mean * mean).clamp(min=0)


class NothingRefused:
    """An x of another shape is normalised as if it fitted.

    Raise ValueError at the beginning of `forward`.
    """

    mastery = True

    class BatchNorm2d(Base):
        def check(self, x):
            pass


class OneValue:
    """One value per channel is accepted in training, though it has no variance.

    Raise ValueError if N·H·W is 1.
    """

    mastery = True

    class BatchNorm2d(Base):
        def check(self, x):
            if x.dim() != 4 or x.shape[1] != self.num_features:
                raise ValueError(x.shape)


class RefusedTooLate:
    """What does not fit is refused after the running statistics were changed.

    Check first, and compute then.
    """

    mastery = True

    class BatchNorm2d(Base):
        def forward(self, x):
            if self.training:
                self.num_batches_tracked += 1
                self.check(x)
                self.num_batches_tracked -= 1
            return super().forward(x)


class OneChannelSpread:
    """An x of one channel is spread over all channels.

    Compare `x.shape[1]` with the number of features.
    """

    mastery = True

    class BatchNorm2d(Base):
        def check(self, x):
            if x.dim() != 4 or x.shape[1] not in (1, self.num_features):
                raise ValueError(x.shape)
            if self.training and x.numel() // x.shape[1] == 1:
                raise ValueError(x.shape)
