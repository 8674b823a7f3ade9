use super::machine::{cpu_ticks, kib};
use super::numbers::{quantile, series};
use super::site::{Asked, asked};

#[test]
fn quantiles_are_of_the_nearest_rank() {
    let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
    assert_eq!(quantile(&values, 0.50), Some(50.0));
    assert_eq!(quantile(&values, 0.99), Some(99.0));
    assert_eq!(quantile(&values, 1.0), Some(100.0));
    assert_eq!(quantile(&[7.0], 0.99), Some(7.0));
    assert_eq!(quantile(&[], 0.5), None);
}

#[test]
fn a_series_is_found_by_name_and_labels() {
    let text = "# TYPE tend_late summary\ntend_late{quantile=\"0.5\"} 0.001\ntend_late{quantile=\"0.99\"} 0.25\ntend_up 1\n";
    assert_eq!(series(text, "tend_late{quantile=\"0.99\"}"), Some(0.25));
    assert_eq!(series(text, "tend_up"), Some(1.0));
    assert_eq!(series(text, "tend_u"), None);
}

#[test]
fn proc_is_read_by_its_fields() {
    let stat = "42 (a name) with ) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 12 0 1 2 3";
    assert_eq!(cpu_ticks(stat), Some(300));
    assert_eq!(kib("Name:\tx\nVmHWM:\t  20 kB\nVmRSS:\t   12 kB\n", "VmRSS:"), Some(12));
}

#[test]
fn a_cause_is_confirmed_by_the_second_failure_of_one_probe() {
    let at = |at: f64, probe: u32, status: u16| Asked { at, path: format!("/may-fail/{probe}"), status };
    let log = [
        at(1.0, 0, 200),
        at(2.0, 0, 503),
        at(3.0, 1, 503),
        at(4.0, 1, 503),
        at(5.0, 0, 503),
        at(6.0, 5, 503),
    ];
    let confirmed = super::page::confirmed(&log, 5);
    assert_eq!(confirmed.get(&0), Some(&4.0));
    assert_eq!(confirmed.get(&1), None, "failed only once");
    assert_eq!(asked("1700.125 /ok/7 200"), Some(Asked { at: 1700.125, path: "/ok/7".into(), status: 200 }));
    assert_eq!(asked("half a li"), None);
}
