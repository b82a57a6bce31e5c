"""Part 5 · Under the hood
k41 · Saving a model, and going back

After some epochs a model often gets worse again: its validation loss (k20) rises. So you
keep the numbers of the best epoch, and go back to them in the end.

    best = model.state_dict()      looks right, and fails in silence

Why? The tensors in this dict share their memory with the model's own. The optimiser goes
on writing there, and at the end `best` holds the numbers of the last epoch.

What is there to keep? A module has *parameters*, which are learned, and *buffers*, which no
gradient changes: the running mean and variance of a batch norm (k33), and an integer that
counts its batches. Without its buffers, the model computes something else in evaluation
mode.

`snapshot` makes copies of all of them, each under its name (`0.weight`). `restore` finds
each tensor by its name, and writes the numbers *into* it. An optimiser holds the tensors
themselves: if the model got new ones, it would go on to train the old.

One tensor may be in two places of a model, and so have two names. `named_parameters()`
gives the first only; with `remove_duplicate=False` it gives both, and so does
`named_buffers`. A torch state dict has both, so `restore` has to take both.

Mastery: a state may not fit, since it comes from another model. Torch's `load_state_dict`
raises then, but has already written what did fit. Check everything first, and write only
after that: a state that is refused leaves the model as it was.

Read: https://docs.pytorch.org/tutorials/beginner/saving_loading_models.html
      https://docs.pytorch.org/docs/stable/notes/modules.html#module-state
Source: https://github.com/pytorch/pytorch/blob/main/torch/nn/modules/module.py
"""

import torch
from torch import Tensor, nn


def snapshot(model: nn.Module) -> dict[str, Tensor]:
    """Return copies of the model's parameters and buffers by name; none requires grad.

    A shared tensor may be there under one of its names or under all. Not with
    `state_dict`, of this model or any other.

    >>> model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3, affine=False))
    >>> sorted(snapshot(model))
    ['0.bias', '0.weight', '1.num_batches_tracked', '1.running_mean', '1.running_var']
    """
    raise NotImplementedError  # TODO: copy each parameter and each buffer


def restore(model: nn.Module, state: dict[str, Tensor]) -> None:
    """Write the numbers of a snapshot, or of a torch state dict, into the model's tensors.

    All else stays as it is: `requires_grad`, `.grad`, the mode. Not with `load_state_dict`.
    Mastery: a missing or unexpected name, or another shape, raises KeyError, ValueError or
    RuntimeError, and nothing has changed. One name of a shared tensor is enough. Another
    dtype is converted.

    >>> model = nn.Linear(1, 1)
    >>> best = snapshot(model)
    >>> _ = nn.init.constant_(model.weight, 7.0)
    >>> restore(model, best)
    >>> torch.equal(model.weight, best["weight"])
    True
    """
    raise NotImplementedError  # TODO: find each tensor by its name, and write into it
