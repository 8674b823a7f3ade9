//! `tend seed-history`

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;

use crate::ground::{open, operator, say};
use crate::logs;
use crate::settings::Data;

/// Fill a database with probes and their history, for benchmarks.
#[derive(Args)]
pub struct SeedHistory {
    #[command(flatten)]
    data: Data,
    /// How many probes to declare; 0 declares none and gives a past to those that are there.
    #[arg(long, default_value_t = 1_000)]
    probes: u32,
    /// Over how many services they are spread.
    #[arg(long, default_value_t = 100)]
    services: u32,
    /// How many days of history, ending now.
    #[arg(long, default_value_t = 90)]
    days: u32,
}

impl SeedHistory {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        let db = open(&self.data).await?;
        let scope = operator();
        if self.probes > 0 {
            self.declare(&db, &scope).await?;
        }
        let seeded = watch::seed::history(&db, &scope, i64::from(self.days)).await.map_err(say)?;
        let line = serde_json::json!({
            "services": self.services, "probes": seeded.probes, "days": seeded.days, "checks": seeded.checks,
            "outages": seeded.outages,
        });
        out!("{line}");
        Ok(ExitCode::SUCCESS)
    }

    async fn declare(&self, db: &store::Db, scope: &kernel::Scope) -> anyhow::Result<()> {
        let source = server::code::Source { file: "seed.yml".into(), text: self.declaration() };
        let checked = server::code::check_sources(vec![source], Vec::new(), None);
        anyhow::ensure!(checked.mistakes.is_empty(), "{}", checked.report());
        let outcome = server::code::apply(db, scope, &checked.folder).await.map_err(say)?;
        let mistakes = &outcome.mistakes;
        anyhow::ensure!(mistakes.is_empty(), "the made-up declaration has mistakes: {mistakes:?}");
        Ok(())
    }

    /// The probes spread evenly over the services, each towards a path that nobody serves.
    fn declaration(&self) -> String {
        let services = self.services.clamp(1, self.probes.max(1));
        let mut text =
            String::from("operator: { name: Kustwerk }\nclients: [{ name: Lindehaven }]\nservices:\n");
        for service in 0..services {
            let _ = writeln!(text, "  - name: Service {service:03}\n    client: Lindehaven\n    probes:");
            for probe in (service..self.probes).step_by(services as usize) {
                let url = format!("http://127.0.0.1:9/{probe}");
                let _ = writeln!(text, "      - {{ name: probe {probe:05}, http: \"{url}\", every: 30s }}");
            }
        }
        text
    }
}
