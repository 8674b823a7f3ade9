//! What the public is told.
//!
//! - What is not measured lately has no current status; it is never shown as working.
//! - The worst of the parts is what the sentence says. A failure that waits to be confirmed is not yet one.
//! - The day in a strip has the worst state that was confirmed on it.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// After this long without a result there is no current status: three of the longest usual intervals.
pub const STALE_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// How a part works, for the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Works {
    /// Yes.
    Up,
    /// Not now, as announced.
    Maintenance,
    /// Nobody knows.
    Unknown,
    /// Slowly, or with mistakes.
    Degraded,
    /// No.
    Down,
}

impl Works {
    /// Every one, from best to worst.
    pub const ALL: [Works; 5] = [Works::Up, Works::Maintenance, Works::Unknown, Works::Degraded, Works::Down];

    /// The word of WORDS.md.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Works::Up => "up",
            Works::Maintenance => "maintenance",
            Works::Unknown => "unknown",
            Works::Degraded => "degraded",
            Works::Down => "down",
        }
    }

    /// From the word of a probe's state. What is pending counts as it did before: nothing is confirmed.
    #[must_use]
    pub fn from_state(word: &str) -> Works {
        match word {
            "up" | "pending" => Works::Up,
            "maintenance" => Works::Maintenance,
            "degraded" => Works::Degraded,
            "down" => Works::Down,
            _ => Works::Unknown,
        }
    }

    /// The word of a component in the Statuspage shape; `unknown` is ours, because nothing in that shape says it.
    #[must_use]
    pub fn statuspage(self) -> &'static str {
        match self {
            Works::Up => "operational",
            Works::Maintenance => "under_maintenance",
            Works::Unknown => "unknown",
            Works::Degraded => "degraded_performance",
            Works::Down => "major_outage",
        }
    }
}

/// What the page says first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "says", rename_all = "snake_case")]
pub enum Says {
    /// Nothing was ever measured.
    Nothing,
    /// No current status since then.
    Stale {
        /// When the last result came in.
        since: Timestamp,
    },
    /// All of it works.
    Works,
    /// These parts do not work as they should, worst first.
    Troubled {
        /// The worst.
        worst: Works,
        /// Their names.
        parts: Vec<String>,
    },
    /// Announced work goes on.
    Maintained {
        /// On these parts.
        parts: Vec<String>,
    },
    /// Nobody knows about some of it.
    PartlyUnknown {
        /// About these parts.
        parts: Vec<String>,
    },
}

/// What the page says first about parts with these names and states.
#[must_use]
pub fn says(parts: &[(String, Works)], as_of: Option<Timestamp>, now: Timestamp) -> Says {
    let Some(as_of) = as_of else { return Says::Nothing };
    if is_stale(as_of, now) {
        return Says::Stale { since: as_of };
    }
    let named = |wanted: Works| -> Vec<String> {
        parts.iter().filter(|(_, works)| *works == wanted).map(|(name, _)| name.clone()).collect()
    };
    let worst = parts.iter().map(|(_, works)| *works).max().unwrap_or(Works::Unknown);
    match worst {
        Works::Up => Says::Works,
        Works::Maintenance => Says::Maintained { parts: named(Works::Maintenance) },
        Works::Unknown => Says::PartlyUnknown { parts: named(Works::Unknown) },
        Works::Degraded => Says::Troubled { worst, parts: named(Works::Degraded) },
        Works::Down => {
            let mut parts = named(Works::Down);
            parts.extend(named(Works::Degraded));
            Says::Troubled { worst, parts }
        }
    }
}

/// Whether results that end then say nothing about now.
#[must_use]
pub fn is_stale(as_of: Timestamp, now: Timestamp) -> bool {
    now.duration_since(as_of) > STALE_AFTER
}

/// `indicator` of the Statuspage shape.
#[must_use]
pub fn indicator(says: &Says) -> &'static str {
    match says {
        Says::Works | Says::Nothing => "none",
        Says::Stale { .. } | Says::PartlyUnknown { .. } => "minor",
        Says::Maintained { .. } => "maintenance",
        Says::Troubled { worst: Works::Down, .. } => "major",
        Says::Troubled { .. } => "minor",
    }
}

/// `impact` of the Statuspage shape for a severity.
#[must_use]
pub fn impact(severity: u8) -> &'static str {
    match severity {
        1 => "critical",
        2 => "major",
        3 => "minor",
        _ => "none",
    }
}

/// The days of a strip as one SVG path for each state, so that ninety days cost a kilobyte: a bar of 3 units every
/// 4 units, oldest left. Neighbours of one state share a path.
#[must_use]
pub fn strip_paths(days: &[Option<Works>]) -> Vec<(&'static str, String)> {
    let mut paths: Vec<(&'static str, String)> = Vec::new();
    let words = Works::ALL.iter().map(|works| (works.word(), Some(*works))).chain([("none", None)]);
    for (word, wanted) in words {
        let mut path = String::new();
        for (at, _) in days.iter().enumerate().filter(|(_, day)| **day == wanted) {
            path.push_str(&format!("M{} 0h3v24h-3z", at * 4));
        }
        if !path.is_empty() {
            paths.push((word, path));
        }
    }
    paths
}

/// Text between the tags of XML, and in its attributes.
#[must_use]
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML 1.0 knows no other control characters than these.
            '\n' | '\t' => out.push(letter),
            _ if letter.is_control() => {}
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + minutes * 60).unwrap()
    }

    fn parts(words: &[&str]) -> Vec<(String, Works)> {
        words.iter().map(|word| ((*word).to_owned(), Works::from_state(word))).collect()
    }

    #[test]
    fn old_data_is_never_green() {
        let fine = parts(&["up", "up"]);
        assert_eq!(says(&fine, Some(at(0)), at(15)), Says::Works, "at the limit");
        assert_eq!(says(&fine, Some(at(0)), at(16)), Says::Stale { since: at(0) }, "one past it");
        assert_eq!(says(&fine, None, at(0)), Says::Nothing);
        assert_eq!(says(&[], Some(at(0)), at(0)), Says::PartlyUnknown { parts: vec![] });
    }

    #[test]
    fn the_worst_part_is_what_it_says() {
        let says = |words: &[&str]| says(&parts(words), Some(at(0)), at(0));
        assert_eq!(says(&["up", "pending"]), Says::Works);
        assert_eq!(says(&["up", "maintenance"]), Says::Maintained { parts: vec!["maintenance".into()] });
        assert_eq!(says(&["unknown", "maintenance"]), Says::PartlyUnknown { parts: vec!["unknown".into()] });
        assert_eq!(
            says(&["degraded", "up", "down"]),
            Says::Troubled { worst: Works::Down, parts: vec!["down".into(), "degraded".into()] }
        );
    }

    #[test]
    fn ninety_days_are_a_kilobyte() {
        let days: Vec<Option<Works>> =
            (0..90).map(|day| if day == 0 { None } else { Some(Works::ALL[day % 5]) }).collect();
        let paths = strip_paths(&days);
        assert_eq!(paths.len(), 6);
        assert!(paths.iter().map(|(_, path)| path.len()).sum::<usize>() < 1_700);
    }

    #[test]
    fn hostile_text_stays_text_in_xml() {
        assert_eq!(xml("<a href=\"x\">&\u{0}\u{1b}"), "&lt;a href=&quot;x&quot;&gt;&amp;");
    }
}
