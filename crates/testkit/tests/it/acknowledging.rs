use axum::http::StatusCode;
use testkit::{Town, acknowledge_link, hours, minutes};

use crate::town::KUSTWERK;

#[tokio::test]
async fn the_link_in_the_mail_stops_the_climb_but_only_when_the_button_is_pressed() {
    Town::tells(KUSTWERK, async |town| {
        let (ana, ben) = (town.person("Ana"), town.person("Ben"));
        town.breaks("Checkout");
        town.passes(minutes(2)).await;
        let page = ana.is_paged_about("Checkout");
        // A mail program that looks at the links in a mail must not take the page on.
        let link = acknowledge_link(&page.mail).unwrap();
        assert_eq!(town.passer_by().opens(&link).await.status, StatusCode::OK);
        town.passes(minutes(5)).await;
        ben.is_paged_about("Checkout");
        ana.acknowledges_by(&page).await;
        town.passes(minutes(25)).await;
        ana.hears_nothing();
        ben.hears_nothing();
        // Opened once more, it says who has it.
        assert!(town.passer_by().opens(&link).await.text().contains("Acknowledged"));
        town.heals("Checkout");
        town.passes(minutes(15)).await;
        ana.is_told_that_it_works_again("Checkout");
        ben.is_told_that_it_works_again("Checkout");
    })
    .await;
}

#[tokio::test]
async fn it_can_be_taken_on_from_the_screen() {
    Town::tells(KUSTWERK, async |town| {
        let ana = town.signed_in("Ana").await;
        town.breaks("Checkout");
        town.passes(minutes(2)).await;
        ana.is_paged_about("Checkout");
        ana.acknowledges("Checkout").await;
        town.passes(minutes(20)).await;
        town.person("Ben").hears_nothing();
        town.heals("Checkout");
        town.passes(minutes(9)).await;
        ana.is_told_that_it_works_again("Checkout");
    })
    .await;
}

#[tokio::test]
async fn a_forged_or_expired_link_is_refused() {
    Town::tells(KUSTWERK, async |town| {
        let ana = town.person("Ana");
        town.breaks("Checkout");
        town.passes(minutes(2)).await;
        let page = ana.is_paged_about("Checkout");
        let link = acknowledge_link(&page.mail).unwrap();
        let nobody = town.passer_by();
        let (start, last) = link.split_at(link.len() - 1);
        let forged = format!("{start}{}", if last == "A" { "B" } else { "A" });
        for bad in [forged.as_str(), start, "https://tend.example/a/", "https://tend.example/a/x"] {
            let seen = nobody.opens(bad).await;
            assert_eq!(seen.status, StatusCode::NOT_FOUND, "{bad}");
        }
        ana.acknowledges_by(&page).await;
        town.heals("Checkout");
        town.passes(minutes(15)).await;
        ana.is_told_that_it_works_again("Checkout");
        town.is_off_for(hours(48)).await;
        let seen = nobody.opens(&link).await;
        assert_eq!(seen.status, StatusCode::GONE, "{}", seen.text());
    })
    .await;
}

#[tokio::test]
async fn an_acknowledgement_expires_and_the_page_climbs_again() {
    Town::tells(KUSTWERK, async |town| {
        let (ana, ben) = (town.person("Ana"), town.person("Ben"));
        town.breaks("Checkout");
        town.passes(minutes(2)).await;
        let page = ana.is_paged_about("Checkout");
        ana.acknowledges_by(&page).await;
        town.passes(minutes(29)).await;
        ana.hears_nothing();
        town.passes(minutes(3)).await;
        let again = ana.is_paged_about("Checkout");
        ben.hears_nothing();
        ana.acknowledges_by(&again).await;
        town.heals("Checkout");
        town.passes(minutes(15)).await;
        ana.is_told_that_it_works_again("Checkout");
    })
    .await;
}
