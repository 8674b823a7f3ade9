//! What happens by itself: folding days that are over.
