//! The screen: what people see and how they are let in.
//!
//! Who lives here: [`Routes`], the doors of every feature with who may come; [`Asks`], who is asking;
//! [`View`] and [`Shown`], the data of a screen with its template and its JSON twin; [`Input`] and [`Done`],
//! what an action takes and gives; [`Refusal`], a problem on its way to a page or to RFC 9457 JSON; [`Pages`],
//! templates and texts; [`Letter`], mails; [`Signer`], links that prove themselves.
//!
//! Promised: every screen works without script and has a JSON twin; every text exists in every language;
//! nothing is inline, so the content security policy is strict; every body, wait and list has a limit.

mod answer;
mod app;
mod asks;
mod assets;
mod chart;
mod cookie;
mod csrf;
pub mod facts;
mod frame;
mod icons;
mod input;
mod kitchen;
mod letters;
mod live;
mod moment;
mod nav;
mod openapi;
mod own;
mod pages;
mod problems;
mod routes;
mod samples;
mod search;
mod serve;
mod show;
mod signer;
mod site;
pub mod testing;
pub mod testing_texts;
mod text;
mod words;

pub use answer::{Done, Refusal, Shown, View};
pub use app::{From, app};
pub use asks::{Access, Asks, Caller, Doorman, Nobody, Reader, Reading, Theme, Ticket, Who};
pub use assets::{assets, shared, shared_sizes};
pub use axum::extract::State;
pub use axum::response::{IntoResponse, Response};
pub use http::{HeaderMap, Method, StatusCode};
pub use input::{Input, Path, Query};
pub use nav::{CountSource, Nav};
pub use pages::{Letter, Misfit, Pages, Part, Sample, Written, letters_of, samples_of};
pub use routes::{API, Described, Gives, MakeSchema, Routes, Row, Serves, Shape, Takes};
pub use samples::{Example, own_samples};
pub use search::{Found, SearchSource, finds};
pub use serve::serve;
pub use signer::Signer;
pub use site::{Cell, Column, ColumnSource, PanelSpec, Parts, Post, Settings, ShownColumn, Site};
pub use text::{Language, Text, TextArg, Texts};

/// The templates and texts of `web` itself.
pub(crate) const OWN: Part = Part {
    name: "web",
    templates: &[
        ("frame.html", include_str!("../templates/frame.html")),
        ("panel.html", include_str!("../templates/panel.html")),
        ("public.html", include_str!("../templates/public.html")),
        ("bare.html", include_str!("../templates/bare.html")),
        ("components.html", include_str!("../templates/components.html")),
        ("letter.html", include_str!("../templates/letter.html")),
        ("letters.html", include_str!("../templates/letters.html")),
        ("head.html", include_str!("../templates/head.html")),
        ("told.html", include_str!("../templates/told.html")),
        ("problem.html", include_str!("../templates/problem.html")),
        ("problem-bare.html", include_str!("../templates/problem-bare.html")),
        ("problems.html", include_str!("../templates/problems.html")),
        ("failed-panel.html", include_str!("../templates/failed-panel.html")),
        ("search.html", include_str!("../templates/search.html")),
        ("api.html", include_str!("../templates/api.html")),
        ("kitchen.html", include_str!("../templates/kitchen.html")),
    ],
    texts: Texts {
        en: concat!(include_str!("../texts/en.ftl"), "\n", include_str!("../texts/facts.en.ftl")),
        nl: concat!(include_str!("../texts/nl.ftl"), "\n", include_str!("../texts/facts.nl.ftl")),
    },
};
