//! Chance from a seed: the same seed gives the same people.

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
#[derive(Debug, Clone)]
pub(crate) struct Lots(u64);

impl Lots {
    pub(crate) fn new(seed: u64) -> Lots {
        Lots(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0, inclusive, to 1, exclusive.
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True this often.
    pub(crate) fn odds(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// Evenly between two numbers.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.share() * (high - low)
    }

    /// How long until the next of events that happen so often a second.
    pub(crate) fn wait(&mut self, per_second: f64) -> f64 {
        -(1.0 - self.share()).ln() / per_second
    }

    /// One of these, by weight.
    pub(crate) fn pick<T: Copy>(&mut self, among: &[(f64, T)]) -> T {
        let whole: f64 = among.iter().map(|(weight, _)| weight).sum();
        let mut left = self.share() * whole;
        for (weight, one) in among {
            left -= weight;
            if left < 0.0 {
                return *one;
            }
        }
        among[among.len() - 1].1
    }
}
