"""Wrong answers to k23."""

import torch
from torch.utils.data import DataLoader, RandomSampler, Subset


class NotShuffled:
    """The rows come in the same order in every epoch.

    `shuffle=True` for the training loader.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs), DataLoader(valid_ds, bs * 2)


class ShuffledOnce:
    """The rows are shuffled once, and have that order in every epoch.

    `shuffle=True` shuffles at the beginning of each pass.
    """

    def get_data(train_ds, valid_ds, bs):
        shuffled = Subset(train_ds, torch.randperm(len(train_ds)).tolist())
        return DataLoader(shuffled, bs), DataLoader(valid_ds, bs * 2)


class BothShuffled:
    """The validation rows are shuffled too.

    In order: the mean is the same.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds, bs * 2, shuffle=True)


class WrongOneShuffled:
    """The validation rows are shuffled, and the training rows are not.

    The other way round.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs), DataLoader(valid_ds, bs * 2, shuffle=True)


class SameSize:
    """The validation batches have bs rows too.

    2·bs: without gradients there is room.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds, bs)


class TwiceTheTraining:
    """The training batches are the larger ones.

    Validation: 2·bs.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs * 2, shuffle=True), DataLoader(valid_ds, bs)


class HalfTheSize:
    """The validation batches have half as many rows.

    Twice as many.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds, max(1, bs // 2))


class LastDropped:
    """The last, shorter training batch is left out.

    Every sample once: no `drop_last`.
    """

    def get_data(train_ds, valid_ds, bs):
        train_dl = DataLoader(train_ds, bs, shuffle=True, drop_last=True)
        return train_dl, DataLoader(valid_ds, bs * 2)


class ValidationDropped:
    """The last, shorter validation batch is left out.

    Every sample once: no `drop_last`.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds, bs * 2, drop_last=True)


class WithReplacement:
    """Rows are drawn, and some of them twice.

    Shuffling takes each once.
    """

    def get_data(train_ds, valid_ds, bs):
        sampler = RandomSampler(train_ds, replacement=True)
        return DataLoader(train_ds, bs, sampler=sampler), DataLoader(valid_ds, bs * 2)


class Exchanged:
    """The validation loader comes first.

    `return train_dl, valid_dl`.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(valid_ds, bs * 2), DataLoader(train_ds, bs, shuffle=True)


class TrainedOnTwice:
    """Both loaders are of the training data.

    Validation looks at rows that the model does not learn from.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(train_ds, bs * 2)


class OwnSeed:
    """The loader's own generator is seeded, and every training has the same orders.

    Leave it to torch's generator.
    """

    def get_data(train_ds, valid_ds, bs):
        generator = torch.Generator().manual_seed(42)
        train_dl = DataLoader(train_ds, bs, shuffle=True, generator=generator)
        return train_dl, DataLoader(valid_ds, bs * 2)


class GloballySeeded:
    """torch's generator is seeded, for the whole program.

    A seed is the caller's to set.
    """

    def get_data(train_ds, valid_ds, bs):
        torch.manual_seed(42)
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds, bs * 2)


class Capped:
    """Batches have at most 64 rows.

    bs, whatever it is.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, min(bs, 64), shuffle=True), DataLoader(valid_ds, bs * 2)


class BatchesShuffled:
    """The batches change places, but each has always the same rows.

    `shuffle=True` shuffles rows.
    """

    def get_data(train_ds, valid_ds, bs):
        class Shuffled:
            def __len__(self):
                return -(-len(train_ds) // bs)

            def __iter__(self):
                rows = torch.arange(len(train_ds)).split(bs)
                return iter([rows[i].tolist() for i in torch.randperm(len(rows))])

        return DataLoader(train_ds, batch_sampler=Shuffled()), DataLoader(valid_ds, bs * 2)


class Iterators:
    """Iterators are used up after one epoch.

    Return the loaders themselves.
    """

    def get_data(train_ds, valid_ds, bs):
        train_dl = DataLoader(train_ds, bs, shuffle=True)
        return iter(train_dl), iter(DataLoader(valid_ds, bs * 2))


class TrainOnly:
    """The validation loader is missing.

    Both.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True)
