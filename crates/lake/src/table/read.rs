//! Columns back into rows.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array as _, DictionaryArray, RecordBatch, StringArray};
use kernel::lake::{
    Channel, Check, Device, Event, LogLine, Metric, Origin, Rows, Span, Table, Vital, VitalName,
};
use kernel::{Id, Problem, Timestamp};

use super::{column, numbers, props_of, strange, wide, wide_at};

/// A column of words.
pub(super) struct Words<'b> {
    column: &'b DictionaryArray<Int32Type>,
    values: &'b StringArray,
}

impl<'b> Words<'b> {
    pub(super) fn of(batch: &'b RecordBatch, name: &str) -> Result<Self, Problem> {
        let column = column(batch, name)?.as_dictionary_opt::<Int32Type>().ok_or_else(|| strange(name))?;
        let values = column.values().as_string_opt::<i32>().ok_or_else(|| strange(name))?;
        Ok(Words { column, values })
    }

    pub(super) fn keys(&self) -> &'b [i32] {
        self.column.keys().values()
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &'b str> {
        let values = self.values;
        (0..values.len()).map(move |at| values.value(at))
    }

    fn at(&self, row: usize) -> String {
        self.values.value(self.keys()[row] as usize).to_owned()
    }

    /// Something for each row, made once for each different word.
    fn each<T: Clone>(&self, make: impl Fn(&str) -> T) -> Vec<T> {
        let made: Vec<T> = self.values().map(make).collect();
        self.keys().iter().map(|key| made[*key as usize].clone()).collect()
    }
}

fn ids<I: Id>(batch: &RecordBatch, name: &str) -> Result<Vec<I>, Problem> {
    Ok(Words::of(batch, name)?.each(|word| word.parse().unwrap_or_else(|_| I::from_u128(0))))
}

fn wholes<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b [i64], Problem> {
    Ok(column(batch, name)?.as_primitive_opt::<Int64Type>().ok_or_else(|| strange(name))?.values())
}

fn floats<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b arrow_array::Float64Array, Problem> {
    column(batch, name)?.as_primitive_opt::<Float64Type>().ok_or_else(|| strange(name))
}

fn times(batch: &RecordBatch) -> Result<&[i64], Problem> {
    let column = column(batch, "at")?.as_primitive_opt::<TimestampMicrosecondType>();
    Ok(column.ok_or_else(|| strange("at"))?.values())
}

/// An instant from its number; the furthest one there is when out of range, which intake does not let in.
pub(crate) fn instant(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// A batch as rows again, for rewriting.
///
/// # Errors
/// When the batch is not of that table.
pub fn rows(table: Table, batch: &RecordBatch) -> Result<Rows, Problem> {
    let clients = ids(batch, "client")?;
    let services = ids(batch, "service")?;
    let at = times(batch)?;
    let all = 0..batch.num_rows();
    macro_rules! texts { ($($name:ident),*) => { $(let $name = Words::of(batch, stringify!($name))?;)* } }
    macro_rules! counts { ($($name:ident),*) => { $(let $name = numbers(batch, stringify!($name))?;)* } }
    Ok(match table {
        Table::Events => {
            texts!(name, path, host, referrer, source, medium, campaign, browser, os, language, release, bot);
            counts!(user, visitor, visit, case);
            let devices =
                Words::of(batch, "device")?.each(|word| Device::from_word(word).unwrap_or_default());
            let channels =
                Words::of(batch, "channel")?.each(|word| Channel::from_word(word).unwrap_or_default());
            let origins =
                Words::of(batch, "origin")?.each(|word| Origin::from_word(word).unwrap_or_default());
            let props = Words::of(batch, "props")?.each(props_of);
            let (delays, keys, values) =
                (wholes(batch, "delay_us")?, wide(batch, "key")?, floats(batch, "value")?);
            let rows = all.map(|row| Event {
                client: clients[row],
                service: services[row],
                at: instant(at[row]),
                received_at: instant(at[row].saturating_add(delays[row])),
                key: wide_at(keys, row),
                user: user[row],
                visitor: visitor[row],
                visit: visit[row],
                case: case[row],
                name: name.at(row),
                path: path.at(row),
                host: host.at(row),
                referrer: referrer.at(row),
                source: source.at(row),
                medium: medium.at(row),
                campaign: campaign.at(row),
                device: devices[row],
                browser: browser.at(row),
                os: os.at(row),
                language: language.at(row),
                channel: channels[row],
                release: release.at(row),
                bot: bot.at(row),
                origin: origins[row],
                value: values.is_valid(row).then(|| values.value(row)),
                props: props[row].clone(),
            });
            Rows::Events(rows.collect())
        }
        Table::Checks => {
            texts!(outcome, reason);
            let (probes, took) = (ids(batch, "probe")?, wholes(batch, "took_us")?);
            let rows = all.map(|row| Check {
                client: clients[row],
                service: services[row],
                probe: probes[row],
                at: instant(at[row]),
                took: took[row],
                outcome: outcome.at(row),
                reason: reason.at(row),
            });
            Rows::Checks(rows.collect())
        }
        Table::Vitals => {
            texts!(path, release, bot);
            counts!(visit, load);
            let devices =
                Words::of(batch, "device")?.each(|word| Device::from_word(word).unwrap_or_default());
            let names = Words::of(batch, "name")?.each(|word| VitalName::from_word(word).unwrap_or_default());
            let values = floats(batch, "value")?;
            let rows = all.map(|row| Vital {
                client: clients[row],
                service: services[row],
                at: instant(at[row]),
                visit: visit[row],
                load: load[row],
                path: path.at(row),
                device: devices[row],
                release: release.at(row),
                name: names[row],
                value: values.value(row),
                bot: bot.at(row),
            });
            Rows::Vitals(rows.collect())
        }
        Table::Spans => {
            texts!(component, name, kind, peer);
            counts!(span, parent);
            let props = Words::of(batch, "props")?.each(props_of);
            let (took, traces) = (wholes(batch, "took_us")?, wide(batch, "trace")?);
            let errors = column(batch, "error")?.as_boolean_opt().ok_or_else(|| strange("error"))?;
            let rows = all.map(|row| Span {
                client: clients[row],
                service: services[row],
                at: instant(at[row]),
                took: took[row],
                trace: wide_at(traces, row),
                span: span[row],
                parent: parent[row],
                component: component.at(row),
                name: name.at(row),
                kind: kind.at(row),
                error: errors.value(row),
                peer: peer.at(row),
                props: props[row].clone(),
            });
            Rows::Spans(rows.collect())
        }
        Table::Metrics => {
            texts!(component, name, unit, kind);
            counts!(count);
            let props = Words::of(batch, "props")?.each(props_of);
            let values = floats(batch, "value")?;
            let rows = all.map(|row| Metric {
                client: clients[row],
                service: services[row],
                at: instant(at[row]),
                component: component.at(row),
                name: name.at(row),
                unit: unit.at(row),
                kind: kind.at(row),
                value: values.value(row),
                count: count[row],
                props: props[row].clone(),
            });
            Rows::Metrics(rows.collect())
        }
        Table::Logs => {
            texts!(component, body);
            counts!(severity, span);
            let props = Words::of(batch, "props")?.each(props_of);
            let traces = wide(batch, "trace")?;
            let rows = all.map(|row| LogLine {
                client: clients[row],
                service: services[row],
                at: instant(at[row]),
                component: component.at(row),
                severity: severity[row] as u8,
                body: body.at(row),
                trace: wide_at(traces, row),
                span: span[row],
                props: props[row].clone(),
            });
            Rows::Logs(rows.collect())
        }
    })
}
