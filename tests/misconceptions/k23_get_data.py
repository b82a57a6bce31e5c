"""Wrong answers to k23."""

import torch
from torch.utils.data import DataLoader, RandomSampler, Subset, default_collate


class NotShuffled:
    """The training rows come in the order of the data set in every epoch.

    Give the training loader `shuffle=True`.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs), DataLoader(valid_ds, bs * 2)


class ShuffledOnce:
    """The training rows are shuffled once, and have that order in every epoch.

    A `DataLoader` with `shuffle=True` shuffles at the beginning of each pass.
    """

    def get_data(train_ds, valid_ds, bs):
        shuffled = Subset(train_ds, torch.randperm(len(train_ds)).tolist())
        return DataLoader(shuffled, bs), DataLoader(valid_ds, bs * 2)


class BothShuffled:
    """The validation rows are shuffled, though their mean loss is the same in any order.

    Leave `shuffle` out for the validation loader.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds, bs * 2, shuffle=True)


class WrongOneShuffled:
    """The validation rows are shuffled, and the training rows are not.

    `shuffle=True` is for the training loader only.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs), DataLoader(valid_ds, bs * 2, shuffle=True)


class SameSize:
    """The validation batches have `bs` rows.

    Give their loader `batch_size=2 * bs`: without gradients there is memory for twice the rows.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds, bs)


class TwiceTheTraining:
    """The training batches have twice as many rows as the validation batches.

    Exchange the sizes: `bs` for training, `2 * bs` for validation.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs * 2, shuffle=True), DataLoader(valid_ds, bs)


class HalfTheSize:
    """The validation batches have half as many rows as the training batches.

    They are to have twice as many: `2 * bs`.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds, max(1, bs // 2))


class LastDropped:
    """The last training batch is left out if it has fewer rows.

    Every sample is to be in each pass; a `DataLoader` keeps it unless `drop_last=True` is passed.
    """

    def get_data(train_ds, valid_ds, bs):
        train_dl = DataLoader(train_ds, bs, shuffle=True, drop_last=True)
        return train_dl, DataLoader(valid_ds, bs * 2)


class ValidationDropped:
    """The last validation batch is left out if it has fewer rows.

    Every sample is to be in each pass; a `DataLoader` keeps it unless `drop_last=True` is passed.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds, bs * 2, drop_last=True)


class WithReplacement:
    """The training rows are drawn with replacement: some come twice in an epoch, others never.

    A `DataLoader` with `shuffle=True` takes each row once.
    """

    def get_data(train_ds, valid_ds, bs):
        sampler = RandomSampler(train_ds, replacement=True)
        return DataLoader(train_ds, bs, sampler=sampler), DataLoader(valid_ds, bs * 2)


class Exchanged:
    """The validation loader is returned first.

    Return the training loader first: `return train_dl, valid_dl`.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(valid_ds, bs * 2), DataLoader(train_ds, bs, shuffle=True)


class TrainedOnTwice:
    """Both loaders give the training data.

    Make the second from `valid_ds`: validation looks at rows that the model does not learn from.
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
    """The training batches never have more than 64 rows.

    Give their loader `bs`, whatever its value.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, min(bs, 64), shuffle=True), DataLoader(valid_ds, bs * 2)


class BatchesShuffled:
    """The training batches change places, but each always has the same rows.

    A `DataLoader` with `shuffle=True` shuffles rows, not batches.
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
    """Iterators are returned, which are used up after one epoch.

    Return the loaders themselves, without `iter`.
    """

    def get_data(train_ds, valid_ds, bs):
        train_dl = DataLoader(train_ds, bs, shuffle=True)
        return iter(train_dl), iter(DataLoader(valid_ds, bs * 2))


class TrainOnly:
    """The validation loader is missing.

    Return both: `return train_dl, valid_dl`.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True)


class WithoutGraph:
    """Autograd is off in the caller's loop too, usually because a `with torch.no_grad():` around
    the `yield` holds until the next batch is asked for.

    Leave it out: two `DataLoader`s, as they are, are all.
    """

    def get_data(train_ds, valid_ds, bs):
        class Silent(DataLoader):
            def __iter__(self):
                with torch.no_grad():
                    yield from super().__iter__()

        return Silent(train_ds, bs, shuffle=True), DataLoader(valid_ds, bs * 2)


class ValidationWithoutGraph:
    """Autograd is off in the caller's loop over the validation batches, where the caller has not
    switched it off.

    Leave that to the caller: `fit` validates under a `with torch.no_grad():` of its own.
    """

    def get_data(train_ds, valid_ds, bs):
        def collate(samples):
            torch.set_grad_enabled(False)
            return default_collate(samples)

        train_dl = DataLoader(train_ds, bs, shuffle=True)
        return train_dl, DataLoader(valid_ds, bs * 2, collate_fn=collate)
