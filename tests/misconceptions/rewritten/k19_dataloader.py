"""Wrong answers to k19, written in another way."""

from collections import deque
from itertools import chain, starmap

import torch
from torch.utils.data import DataLoader, Subset, default_collate


class LastDropped:
    """The rows that fill whole batches are cut out as a subset, instead of `drop_last`."""

    def make_loader(train_ds, bs):
        whole = len(train_ds) // bs
        return DataLoader(Subset(train_ds, range(whole * bs)), batch_size=bs)


class UsedUp:
    """A generator of losses, made once in front of the epochs, is asked with `next`."""

    def fit(model, opt, loss_func, train_dl, epochs=2):
        losses = (loss_func(model(inputs), labels) for inputs, labels in train_dl)
        epoch = 0
        while epoch < epochs:
            while (loss := next(losses, None)) is not None:
                loss.backward()
                opt.step()
                opt.zero_grad()
            epoch += 1


class NotCleared:
    """A batch is learned from in an inner function, which a `starmap` calls in each epoch."""

    def fit(model, opt, loss_func, train_dl, epochs=2):
        def learn(inputs, labels):
            torch.autograd.backward(loss_func(model(inputs), labels))
            opt.step()

        for _ in range(epochs):
            deque(starmap(learn, train_dl), maxlen=0)


class StepEachEpoch:
    """One flat loop over the chained passes; a None behind each of them asks for the step."""

    def fit(model, opt, loss_func, train_dl, epochs=2):
        passes = (chain(train_dl, [None]) for _ in range(epochs))
        for batch in chain.from_iterable(passes):
            if batch is None:
                opt.step()
                opt.zero_grad()
                continue
            inputs, labels = batch
            torch.autograd.backward(loss_func(model(inputs), labels))


class WithoutGraph:
    """The function that puts a batch together switches autograd off."""

    def make_loader(train_ds, bs):
        def collate(rows):
            torch.set_grad_enabled(False)
            return default_collate(rows)

        return DataLoader(train_ds, batch_size=bs, collate_fn=collate)
