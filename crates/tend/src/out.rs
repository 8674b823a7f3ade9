//! What people and scripts read: standard output. Whoever has read enough may close it (`tend export | head`);
//! that is no failure of ours.

use std::fmt::Arguments;
use std::io::Write as _;

/// Writes to standard output; a reader that went away is fine.
pub fn write(text: Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_fmt(text).and_then(|()| out.flush());
}

/// A line on standard output.
macro_rules! out {
    ($($arg:tt)*) => {
        $crate::out::write(format_args!("{}\n", format_args!($($arg)*)))
    };
}

/// A text on standard output, as it is.
macro_rules! out_raw {
    ($($arg:tt)*) => {
        $crate::out::write(format_args!($($arg)*))
    };
}
