//! `tend doctor`

use std::process::ExitCode;

use clap::Args;

use crate::ground::{open_existing, operator, real_world, say};
use crate::logs;
use crate::settings::{Data, Events, Outward};

/// Look everything over and say what is not as it should be. Ends with status 1 when something is not.
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    outward: Outward,
    #[command(flatten)]
    events: Events,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        logs::start(&self.data);
        let db = open_existing(&self.data).await?;
        let mut found = db.examine(&operator()).await.map_err(say)?;
        let (shut, all) = identity::credentials::unreadable(&db, &operator()).await.map_err(say)?;
        let said = match (shut, all, db.seals()) {
            (0, 0, _) => "nobody has a second factor".to_owned(),
            (0, _, true) => format!("the secrets of all {all} second factors can be read"),
            (0, _, false) => {
                format!("{all} second factors stand in the clear; give a key (--secrets-key-file)")
            }
            _ => format!(
                "{shut} of {all} second factors are sealed with another key; put its file back (--secrets-key-file), or its line below the new key"
            ),
        };
        found.push(store::doctor::Finding { what: "secrets", well: shut == 0, said });
        let lake = self.events.lake(&self.data);
        let store = lake.object_store.as_ref();
        found.extend(lake::doctor::examine(&lake.folder, &db, &operator(), store).await.map_err(say)?);
        let world = real_world(&self.outward)?;
        let (well, said) = match world.self_test().await {
            Ok(()) if self.outward.self_test.is_none() => {
                (true, "no self-test target is set (--self-test)".to_owned())
            }
            Ok(()) => (true, "the self-test target answers".to_owned()),
            Err(unreached) => (false, format!("{}; look at network, proxy and name servers", unreached.what)),
        };
        found.push(store::doctor::Finding { what: "way out", well, said });
        let relay = self.outward.mail_relay.is_some();
        let said = if relay {
            "a relay is set"
        } else {
            "no mail relay is set (--mail-relay): pages by mail will wait"
        };
        found.push(store::doctor::Finding { what: "mail", well: relay, said: said.into() });
        if self.json {
            out!("{}", serde_json::to_string_pretty(&found)?);
        } else {
            for finding in &found {
                out!("{:<5} {:<14} {}", if finding.well { "ok" } else { "LOOK" }, finding.what, finding.said);
            }
        }
        Ok(if found.iter().all(|finding| finding.well) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
