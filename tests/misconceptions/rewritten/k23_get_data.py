"""Wrong answers to k23, written in another way."""

from torch.utils.data import (
    BatchSampler,
    DataLoader,
    RandomSampler,
    SequentialSampler,
    random_split,
)


def _slices(dataset, size):
    """Return the row numbers of each batch, in order."""
    rows = list(range(len(dataset)))
    return [rows[start : start + size] for start in range(0, len(rows), size)]


class _WholeBatches:
    """Row numbers in random order, in groups of `size`; zip stops where a group is short."""

    def __init__(self, dataset, size):
        self.rows, self.size = RandomSampler(dataset), size

    def __len__(self):
        return len(self.rows) // self.size

    def __iter__(self):
        return map(list, zip(*[iter(self.rows)] * self.size, strict=False))


class NotShuffled:
    """The row numbers of every batch are listed beforehand, for both loaders."""

    def get_data(train_ds, valid_ds, bs):
        wanted = ((train_ds, bs), (valid_ds, 2 * bs))
        return tuple(DataLoader(ds, batch_sampler=_slices(ds, n)) for ds, n in wanted)


class ShuffledOnce:
    """A random split into one single part shuffles, before there is a loader."""

    def get_data(train_ds, valid_ds, bs):
        (shuffled,) = random_split(train_ds, [len(train_ds)])
        train_dl = DataLoader(shuffled, batch_size=bs, shuffle=False)
        return train_dl, DataLoader(valid_ds, batch_size=bs + bs, shuffle=False)


class SameSize:
    """The samplers are made by hand, and one loop makes both loaders of them."""

    def get_data(train_ds, valid_ds, bs):
        loaders = []
        for dataset, order in ((train_ds, RandomSampler), (valid_ds, SequentialSampler)):
            batches = BatchSampler(order(dataset), batch_size=bs, drop_last=False)
            loaders.append(DataLoader(dataset, batch_sampler=batches))
        return tuple(loaders)


class LastDropped:
    """A batch sampler of its own groups the random rows with `zip`, which ends early."""

    def get_data(train_ds, valid_ds, bs):
        train_dl = DataLoader(train_ds, batch_sampler=_WholeBatches(train_ds, bs))
        return train_dl, DataLoader(valid_ds, batch_sampler=_slices(valid_ds, 2 * bs))
