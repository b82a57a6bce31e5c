"""Wrong answers to k23."""

import torch
from torch.utils.data import DataLoader, RandomSampler, Subset, default_collate


class NotShuffled:
    """The training rows come in the order of the data set in every epoch.

    Pass `shuffle=True` to the training loader.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs), DataLoader(valid_ds, bs * 2)


class ShuffledOnce:
    """The training rows are shuffled once, and have that order in every epoch.

    Pass `shuffle=True` to the `DataLoader`, which then shuffles at the beginning of each pass.
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

    Pass `shuffle=True` to the training loader only.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs), DataLoader(valid_ds, bs * 2, shuffle=True)


class SameSize:
    """The validation batches have `bs` rows.

    Pass `batch_size=2 * bs` to their loader: without gradients there is memory for twice the rows.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds, bs)


class SizesSwapped:
    """The training batches have twice as many rows as the validation batches.

    Swap the sizes: `bs` for training, `2 * bs` for validation.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs * 2, shuffle=True), DataLoader(valid_ds, bs)


class HalfTheSize:
    """The validation batches have half as many rows as the training batches.

    Make them twice as large instead: `2 * bs`.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds, max(1, bs // 2))


class LastDropped:
    """The last training batch is left out if it has fewer rows.

    Leave out `drop_last=True`: every sample belongs in each pass.
    """

    def get_data(train_ds, valid_ds, bs):
        train_dl = DataLoader(train_ds, bs, shuffle=True, drop_last=True)
        return train_dl, DataLoader(valid_ds, bs * 2)


class ValidationDropped:
    """The last validation batch is left out if it has fewer rows.

    Leave out `drop_last=True`: every sample belongs in each pass.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds, bs * 2, drop_last=True)


class WithReplacement:
    """The training rows are drawn with replacement: some come twice in an epoch, others never.

    Pass `shuffle=True` to the `DataLoader`, which then takes each row once.
    """

    def get_data(train_ds, valid_ds, bs):
        sampler = RandomSampler(train_ds, replacement=True)
        return DataLoader(train_ds, bs, sampler=sampler), DataLoader(valid_ds, bs * 2)


class ValidationFirst:
    """The validation loader is returned first.

    Return the training loader first: `return train_dl, valid_dl`.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(valid_ds, bs * 2), DataLoader(train_ds, bs, shuffle=True)


class TrainingDataTwice:
    """Both loaders have the training data.

    Make the second from `valid_ds`: validation looks at rows that the model does not learn from.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(train_ds, bs * 2)


class OwnSeed:
    """The loader has a seeded generator of its own, and every training run has the same orders.

    Pass no `generator`: torch's own draws a new order each time.
    """

    def get_data(train_ds, valid_ds, bs):
        generator = torch.Generator().manual_seed(42)
        train_dl = DataLoader(train_ds, bs, shuffle=True, generator=generator)
        return train_dl, DataLoader(valid_ds, bs * 2)


class GloballySeeded:
    """Torch's generator is seeded, for the whole program.

    Leave out `manual_seed`: the caller sets seeds.
    """

    def get_data(train_ds, valid_ds, bs):
        torch.manual_seed(42)
        return DataLoader(train_ds, bs, shuffle=True), DataLoader(valid_ds, bs * 2)


class Capped:
    """The training batches never have more than 64 rows.

    Pass `bs` to their loader, whatever its value.
    """

    def get_data(train_ds, valid_ds, bs):
        return DataLoader(train_ds, min(bs, 64), shuffle=True), DataLoader(valid_ds, bs * 2)


class BatchesShuffled:
    """The training batches come in a new order, but each always has the same rows.

    Pass `shuffle=True` to the `DataLoader`, which then shuffles rows, not batches.
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

    Leave it out: two plain `DataLoader`s are enough.
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
