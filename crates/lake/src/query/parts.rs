//! The parts of an answer: stretches of time and values by which rows are told apart.

use kernel::Timestamp;
use kernel::lake::{Group, MAX_GROUPS};
use kernel::{Kind, Problem};
use rustc_hash::FxHashMap;

use super::Limits;

/// The most cells of one question: two years of days, or ten weeks of hours and some.
pub(super) const MAX_CELLS: usize = 2_000;

/// Too much for one question, with what was too many.
pub(super) fn too_much(limits: &Limits) -> Problem {
    Problem::new(Kind::TooLarge, "lake-too-much").with("limit_mib", limits.bytes >> 20)
}

/// Stretches of time.
#[derive(Debug)]
pub(super) struct Cells {
    bounds: Vec<i64>,
    /// For slots of equal length, the cell at their beginning: boundaries are not always equally far apart (a
    /// local day can have 23 hours), and a search in them for each row would be the slowest thing here.
    slots: Vec<u32>,
    shift: u32,
}

impl Cells {
    /// From boundaries, ascending; none means one cell.
    pub(super) fn new(bounds: &[Timestamp]) -> Result<Cells, Problem> {
        if bounds.len() > MAX_CELLS {
            return Err(Problem::new(Kind::Invalid, "lake-too-many-cells").with("most", MAX_CELLS));
        }
        let bounds: Vec<i64> = bounds.iter().map(|bound| bound.as_microsecond()).collect();
        if !bounds.is_sorted() {
            return Err(Problem::fault("the boundaries of time are not in order"));
        }
        let (mut slots, mut shift) = (Vec::new(), 0);
        if let [first, .., last] = bounds.as_slice() {
            let span = last.abs_diff(*first);
            while span >> shift >= 4 * bounds.len() as u64 {
                shift += 1;
            }
            let mut cell = 0;
            for slot in 0..=span >> shift {
                let begin = first.saturating_add_unsigned(slot << shift);
                while bounds.get(cell + 1).is_some_and(|next| *next <= begin) {
                    cell += 1;
                }
                slots.push(cell as u32);
            }
        }
        Ok(Cells { bounds, slots, shift })
    }

    /// How many; at least one.
    pub(super) fn len(&self) -> usize {
        self.bounds.len().max(1)
    }

    /// The cell of an instant; before the first boundary it is the first.
    #[inline]
    pub(super) fn of(&self, at: i64) -> usize {
        if self.slots.is_empty() || at < self.bounds[0] {
            return 0;
        }
        let slot = (at.abs_diff(self.bounds[0]) >> self.shift) as usize;
        let mut cell = self.slots[slot.min(self.slots.len() - 1)] as usize;
        while self.bounds.get(cell + 1).is_some_and(|next| *next <= at) {
            cell += 1;
        }
        cell
    }
}

/// Numbers for words.
#[derive(Debug, Default)]
pub(super) struct Names {
    numbers: FxHashMap<Box<str>, u32>,
    words: Vec<Box<str>>,
    bytes: usize,
}

impl Names {
    /// The number of a word.
    pub(super) fn number(&mut self, word: &str) -> u32 {
        if let Some(known) = self.numbers.get(word) {
            return *known;
        }
        let number = self.words.len() as u32;
        self.numbers.insert(word.into(), number);
        self.words.push(word.into());
        self.bytes += 2 * word.len() + 64;
        number
    }

    /// The word of a number.
    pub(super) fn word(&self, number: u32) -> &str {
        self.words.get(number as usize).map_or("", |word| word)
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// Refuses when there are more than a question may hold.
    pub(super) fn check(&self, limits: &Limits) -> Result<(), Problem> {
        if self.bytes > limits.bytes / 2 { Err(too_much(limits)) } else { Ok(()) }
    }
}

/// The most common of some values, and to which place each value belongs.
#[derive(Debug)]
pub(super) struct Common {
    /// The values, most first.
    pub first: Vec<u32>,
    /// For each value its place among them, or the place after the last for the rest.
    pub place: Vec<u32>,
}

impl Common {
    /// By how much each value counts; values that count nothing are left out, and equal ones go by their word.
    pub(super) fn new(weights: &[u64], top: u32, names: &Names) -> Common {
        let mut first: Vec<u32> = (0..weights.len() as u32).filter(|at| weights[*at as usize] > 0).collect();
        first.sort_by(|one, other| {
            weights[*other as usize]
                .cmp(&weights[*one as usize])
                .then_with(|| names.word(*one).cmp(names.word(*other)))
        });
        first.truncate(top.min(MAX_GROUPS) as usize);
        let mut place = vec![first.len() as u32; weights.len()];
        for (at, value) in (0..).zip(&first) {
            place[*value as usize] = at;
        }
        Common { first, place }
    }

    /// How many places there are, with the one for the rest.
    pub(super) fn places(&self) -> usize {
        self.first.len() + 1
    }

    /// What a place is called.
    pub(super) fn group(&self, place: usize, names: &Names) -> Group {
        self.first.get(place).map_or(Group::Rest, |value| Group::Value(names.word(*value).to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_found_as_a_search_would_find_it() {
        let bounds = [0, 24, 48, 71, 95, 500, 501, 502, 2_000];
        let stamps: Vec<Timestamp> =
            bounds.iter().map(|micros| Timestamp::from_microsecond(*micros).expect("in range")).collect();
        let cells = Cells::new(&stamps).expect("ascending");
        for at in -3..2_100 {
            let wanted = bounds.partition_point(|bound| *bound <= at).saturating_sub(1);
            assert_eq!(cells.of(at), wanted, "{at}");
        }
        let one = Cells::new(&[]).expect("none is one");
        assert_eq!((one.len(), one.of(i64::MAX)), (1, 0));
    }

    #[test]
    fn the_most_common_come_first_and_the_rest_together() {
        let mut names = Names::default();
        let numbers: Vec<u32> = ["b", "a", "c", "d"].iter().map(|word| names.number(word)).collect();
        assert_eq!(numbers, [0, 1, 2, 3]);
        let common = Common::new(&[5, 5, 9, 0], 2, &names);
        assert_eq!(common.first, [2, 1]);
        assert_eq!(common.place, [2, 1, 0, 2]);
        assert_eq!(common.group(2, &names), Group::Rest);
    }
}
