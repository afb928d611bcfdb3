"""Words that features share: types for what the law counts, and how a value looks on a screen."""
