//! What rows a question looks for, made ready: every test is run once on each different value of a column, and a
//! row is then a few look-ups.
//!
//! Each thing looked for is one bit of a mask (steps of a funnel, exclusions, endings). A thing has alternatives;
//! an alternative is a row of tests that must all hold. Per column each different value gets a mask of the
//! alternatives it allows; the alternatives of a row are what all its columns allow.

use kernel::lake::{Among, Field, Looks, Match, People, Table, Test, Where};
use kernel::{Kind, Problem};
use rustc_hash::FxHashSet;

use super::glob::Glob;
use crate::table::props_of;

/// Alternatives that are told apart: bits of a mask.
const MOST: usize = 64;
/// Lists longer than this are looked up and not gone through.
const LONG: usize = 8;

/// One thing looked for.
pub(super) struct Sought<'q> {
    /// Its bit.
    pub bit: u8,
    /// What it is; nothing means every row that is looked at at all.
    pub looks: Option<&'q Looks>,
}

/// What a value must be, made ready.
#[derive(Debug)]
enum Is {
    One(String),
    Some(Vec<String>),
    Many(FxHashSet<String>),
    Not(Vec<String>),
    Like(Glob),
    Present,
    Absent,
    AtLeast(f64),
    AtMost(f64),
}

impl Is {
    fn new(is: &Match) -> Is {
        match is {
            Match::Is(values) => match values.as_slice() {
                [one] => Is::One(one.clone()),
                many if many.len() > LONG => Is::Many(many.iter().cloned().collect()),
                few => Is::Some(few.to_vec()),
            },
            Match::Not(values) => Is::Not(values.clone()),
            Match::Like(pattern) => Is::Like(Glob::new(pattern)),
            Match::Present => Is::Present,
            Match::Absent => Is::Absent,
            Match::AtLeast(least) => Is::AtLeast(*least),
            Match::AtMost(most) => Is::AtMost(*most),
        }
    }

    fn holds(&self, value: &str) -> bool {
        let number = || value.trim().parse::<f64>().ok();
        match self {
            Is::One(one) => one == value,
            Is::Some(values) => values.iter().any(|one| one == value),
            Is::Many(values) => values.contains(value),
            Is::Not(values) => values.iter().all(|one| one != value),
            Is::Like(glob) => glob.fits(value),
            Is::Present => !value.is_empty(),
            Is::Absent => value.is_empty(),
            Is::AtLeast(least) => number().is_some_and(|number| number >= *least),
            Is::AtMost(most) => number().is_some_and(|number| number <= *most),
        }
    }
}

/// One test, of the value of a column or of one property in it.
#[derive(Debug)]
struct Tested {
    prop: Option<String>,
    is: Is,
}

/// The tests of one column.
#[derive(Debug)]
pub(super) struct Column {
    /// Its name.
    pub name: &'static str,
    /// Must hold for every row that is looked at.
    gate: Vec<Tested>,
    /// Must hold for the alternative of this bit.
    tests: Vec<(u8, Tested)>,
}

/// All tests of a question.
#[derive(Debug)]
pub(super) struct Filter {
    /// The columns that are looked at.
    pub columns: Vec<Column>,
    /// Alternatives that can be met at all.
    pub possible: u64,
    /// Which bit an alternative stands for, where it is not its own.
    moved: Vec<(u8, u8)>,
    /// A number column that must hold this number.
    pub number: Option<(&'static str, u64)>,
}

/// Where a field is found in a table: the column and, of properties, which one.
pub(super) fn place(table: Table, field: &Field) -> Option<(&'static str, Option<String>)> {
    let events = table == Table::Events;
    let column = match field {
        Field::Name => match table {
            Table::Events | Table::Vitals | Table::Spans | Table::Metrics => "name",
            Table::Checks | Table::Logs => return None,
        },
        Field::Path if events || table == Table::Vitals => "path",
        Field::Device if events || table == Table::Vitals => "device",
        Field::Release if events || table == Table::Vitals => "release",
        Field::Bot if events || table == Table::Vitals => "bot",
        Field::Host if events => "host",
        Field::Referrer if events => "referrer",
        Field::Source if events => "source",
        Field::Medium if events => "medium",
        Field::Campaign if events => "campaign",
        Field::Browser if events => "browser",
        Field::Os if events => "os",
        Field::Language if events => "language",
        Field::Channel if events => "channel",
        Field::Origin if events => "origin",
        Field::Component if matches!(table, Table::Spans | Table::Metrics | Table::Logs) => "component",
        Field::Prop(name) => match table {
            // A check has no properties; what it has is found by the name of its column.
            Table::Checks => match name.as_str() {
                "probe" => "probe",
                "outcome" => "outcome",
                "reason" => "reason",
                _ => return None,
            },
            Table::Vitals => return None,
            Table::Events | Table::Spans | Table::Metrics | Table::Logs => {
                return Some(("props", Some(name.clone())));
            }
        },
        Field::Path
        | Field::Device
        | Field::Release
        | Field::Bot
        | Field::Host
        | Field::Referrer
        | Field::Source
        | Field::Medium
        | Field::Campaign
        | Field::Browser
        | Field::Os
        | Field::Language
        | Field::Channel
        | Field::Origin
        | Field::Component => return None,
    };
    Some((column, None))
}

impl Filter {
    /// Of what a question asks for over these rows.
    pub(super) fn new(table: Table, among: &Among, sought: &[Sought<'_>]) -> Result<Filter, Problem> {
        let mut filter = Filter { columns: Vec::new(), possible: 0, moved: Vec::new(), number: None };
        // The wall between clients is held by the engine; here it is held a second time, where it costs nothing
        // because files say in their statistics whose they are.
        filter.gate("client", None, Is::One(among.client.to_string()));
        filter.gate("service", None, Is::One(among.service.to_string()));
        if place(table, &Field::Bot).is_some() {
            match among.people {
                People::People => filter.gate("bot", None, Is::Absent),
                People::Bots => filter.gate("bot", None, Is::Present),
                People::All => {}
            }
        }
        let mut never = false;
        for test in &among.only {
            match place(table, &test.field) {
                Some((column, prop)) => filter.gate(column, prop, Is::new(&test.is)),
                None => never = true,
            }
        }
        let mut taken: u64 = sought.iter().fold(0, |taken, one| taken | 1 << one.bit);
        for one in sought {
            let anything = [Where::new()];
            let alternatives = one.looks.map_or(anything.as_slice(), |looks| looks.any.as_slice());
            let merged = merged(alternatives);
            for (at, tests) in merged.iter().enumerate() {
                let alternative = if at == 0 {
                    one.bit
                } else {
                    let free = (!taken).trailing_zeros() as u8;
                    if usize::from(free) >= MOST {
                        return Err(
                            Problem::new(Kind::Invalid, "lake-too-many-alternatives").with("most", MOST)
                        );
                    }
                    taken |= 1 << free;
                    filter.moved.push((free, one.bit));
                    free
                };
                filter.alternative(table, alternative, tests);
            }
        }
        if never {
            filter.possible = 0;
        }
        Ok(filter)
    }

    fn column(&mut self, name: &'static str) -> &mut Column {
        let at = self.columns.iter().position(|column| column.name == name).unwrap_or_else(|| {
            self.columns.push(Column { name, gate: Vec::new(), tests: Vec::new() });
            self.columns.len() - 1
        });
        &mut self.columns[at]
    }

    fn gate(&mut self, name: &'static str, prop: Option<String>, is: Is) {
        self.column(name).gate.push(Tested { prop, is });
    }

    fn alternative(&mut self, table: Table, bit: u8, tests: &[Test]) {
        let places: Option<Vec<_>> = tests.iter().map(|test| place(table, &test.field)).collect();
        // A test on a field that the table does not have matches nothing.
        let Some(places) = places else { return };
        for (test, (name, prop)) in tests.iter().zip(places) {
            self.column(name).tests.push((bit, Tested { prop, is: Is::new(&test.is) }));
        }
        self.possible |= 1 << bit;
    }

    /// The bits that alternatives stand for.
    pub(super) fn bits(&self, alternatives: u64) -> u64 {
        if self.moved.is_empty() || alternatives == 0 {
            return alternatives;
        }
        self.moved.iter().fold(alternatives, |bits, (from, to)| {
            if bits & 1 << from == 0 { bits } else { bits & !(1 << from) | 1 << to }
        })
    }

    /// Whether [`Filter::bits`] changes nothing.
    pub(super) fn is_plain(&self) -> bool {
        self.moved.is_empty()
    }
}

impl Column {
    /// The alternatives that a value of this column allows.
    pub(super) fn allows(&self, value: &str, possible: u64) -> u64 {
        let of_props = |tested: &Tested| tested.prop.is_some();
        let props = if self.gate.iter().any(of_props) || self.tests.iter().any(|(_, one)| of_props(one)) {
            props_of(value)
        } else {
            Vec::new()
        };
        let holds = |tested: &Tested| match &tested.prop {
            None => tested.is.holds(value),
            Some(name) => {
                tested.is.holds(props.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value))
            }
        };
        if !self.gate.iter().all(holds) {
            return 0;
        }
        let failed = self.tests.iter().filter(|(_, tested)| !holds(tested));
        possible & failed.fold(u64::MAX, |allowed, (bit, _)| allowed & !(1 << bit))
    }
}

/// Alternatives of one test each on the same field by value are one alternative.
fn merged(alternatives: &[Where]) -> Vec<Where> {
    let mut out: Vec<Where> = Vec::new();
    for alternative in alternatives {
        if let [Test { field, is: Match::Is(values) }] = alternative.as_slice() {
            let same = out.iter_mut().find_map(|known| match known.as_mut_slice() {
                [Test { field: other, is: Match::Is(all) }] if other == field => Some(all),
                _ => None,
            });
            if let Some(all) = same {
                all.extend(values.iter().cloned());
                continue;
            }
        }
        out.push(alternative.clone());
    }
    out
}
