//! A latency sketch: counts in buckets whose widths grow with the value, so that any quantile is known to
//! within [`ERROR`] of itself, and sketches of two spans of time add up to the sketch of both.
//!
//! Bucket `b` holds the values in `(g^(b-1), g^b]` microseconds with `g = (1 + e) / (1 - e)`; the value shown
//! for it is `2 g^b / (g + 1)`, which is off by at most `e` (Masson, Rim, Lee: "DDSketch", VLDB 2019, section 2).

/// The largest relative error of a quantile: 2 %. Finer costs bytes per cell and tells nobody anything.
pub const ERROR: f64 = 0.02;
/// The last bucket: about 30 minutes, far beyond the longest time-out.
const LAST: u16 = 533;
/// The most buckets that are read from bytes; there are no more.
const MAX_BUCKETS: u64 = LAST as u64 + 1;

/// Counts of durations in microseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch {
    /// Bucket and count, by bucket, no count zero.
    buckets: Vec<(u16, u32)>,
}

fn growth() -> f64 {
    (1.0 + ERROR) / (1.0 - ERROR)
}

fn bucket_of(micros: u64) -> u16 {
    if micros <= 1 {
        return 0;
    }
    let place = ((micros as f64).ln() / growth().ln()).ceil();
    if place >= f64::from(LAST) { LAST } else { place as u16 }
}

fn value_of(bucket: u16) -> u64 {
    let g = growth();
    (2.0 * g.powi(i32::from(bucket)) / (g + 1.0)).round() as u64
}

impl Sketch {
    /// Counts one duration.
    pub fn add(&mut self, micros: u64) {
        self.add_many(bucket_of(micros), 1);
    }

    fn add_many(&mut self, bucket: u16, count: u32) {
        match self.buckets.binary_search_by_key(&bucket, |(at, _)| *at) {
            Ok(place) => self.buckets[place].1 = self.buckets[place].1.saturating_add(count),
            Err(place) => self.buckets.insert(place, (bucket, count)),
        }
    }

    /// Adds what another sketch counted.
    pub fn merge(&mut self, other: &Sketch) {
        for (bucket, count) in &other.buckets {
            self.add_many(*bucket, *count);
        }
    }

    /// How many durations were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|(_, count)| u64::from(*count)).sum()
    }

    /// The duration, in microseconds, that the share `q` of all does not exceed (nearest rank); none when
    /// nothing was counted.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<u64> {
        let count = self.count();
        let rank = ((q.clamp(0.0, 1.0) * count as f64).ceil() as u64).max(1);
        let mut seen = 0;
        for (bucket, each) in &self.buckets {
            seen += u64::from(*each);
            if seen >= rank {
                return Some(value_of(*bucket));
            }
        }
        None
    }

    /// Appends the sketch as bytes: the number of buckets, then distance and count of each, as varints.
    pub fn write(&self, out: &mut Vec<u8>) {
        put(out, self.buckets.len() as u64);
        let mut before = 0;
        for (bucket, count) in &self.buckets {
            put(out, u64::from(bucket - before));
            put(out, u64::from(*count));
            before = *bucket;
        }
    }

    /// Reads a sketch from the front of `bytes` and moves them on; none when they are not a sketch.
    pub fn read(bytes: &mut &[u8]) -> Option<Sketch> {
        let length = take(bytes).filter(|length| *length <= MAX_BUCKETS)?;
        let mut buckets = Vec::with_capacity(usize::try_from(length).ok()?);
        let mut bucket = 0u16;
        for _ in 0..length {
            bucket = bucket.checked_add(u16::try_from(take(bytes)?).ok()?).filter(|at| *at <= LAST)?;
            buckets.push((bucket, u32::try_from(take(bytes)?).ok()?));
        }
        Some(Sketch { buckets })
    }
}

/// Appends a number in 7-bit groups, lowest first.
pub fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number as u8) | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads a number from the front of `bytes` and moves them on; none at their end or beyond 64 bits.
pub fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for place in 0..10u32 {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        let part = u64::from(first & 0x7f);
        if place == 9 && part > 1 {
            return None;
        }
        number |= part << (7 * place);
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_within_the_promised_error() {
        let mut sketch = Sketch::default();
        let mut values: Vec<u64> = (0..5_000u64).map(|n| 300 + n * n % 4_000_003).collect();
        values.iter().for_each(|value| sketch.add(*value));
        values.sort_unstable();
        for q in [0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 1.0] {
            let rank = ((q * values.len() as f64).ceil() as usize).max(1);
            let (exact, told) = (values[rank - 1] as f64, sketch.quantile(q).expect("counted") as f64);
            assert!((told - exact).abs() <= exact * ERROR + 1.0, "q {q}: {told} is not {exact}");
        }
    }

    #[test]
    fn two_halves_add_up_to_the_whole_and_bytes_read_back() {
        let (mut left, mut right, mut whole) = (Sketch::default(), Sketch::default(), Sketch::default());
        for n in 0..1_000u64 {
            if n % 3 == 0 {
                left.add(n * 977)
            } else {
                right.add(n * 977)
            }
            whole.add(n * 977);
        }
        left.merge(&right);
        assert_eq!(left, whole);
        let mut bytes = Vec::new();
        whole.write(&mut bytes);
        let mut rest = &bytes[..];
        assert_eq!(Sketch::read(&mut rest), Some(whole));
        assert!(rest.is_empty());
    }

    #[test]
    fn nothing_counted_has_no_quantile_and_the_ends_hold() {
        assert_eq!(Sketch::default().quantile(0.5), None);
        let mut sketch = Sketch::default();
        sketch.add(0);
        sketch.add(u64::MAX);
        assert_eq!(sketch.count(), 2);
        assert!(sketch.quantile(1.0).expect("counted") > 1_700_000_000);
    }

    #[test]
    fn bytes_that_are_no_sketch_are_refused() {
        for bad in [&[][..], &[5], &[0xff; 11], &[1, 0xff, 0xff, 0x7f, 1], &[200, 200, 200, 200, 1]] {
            assert_eq!(Sketch::read(&mut &*bad), None, "{bad:?}");
        }
    }
}
