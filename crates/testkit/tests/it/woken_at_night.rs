use testkit::{Behaves, Town, minutes, seconds};

use crate::town::KUSTWERK;

#[tokio::test]
async fn a_service_breaks_at_night_and_the_right_person_is_woken() {
    Town::tells(KUSTWERK, async |town| {
        let (ana, ben, cas) = (town.person("Ana"), town.person("Ben"), town.person("Cas"));
        town.passes(minutes(5)).await;
        ana.hears_nothing();
        town.breaks("Checkout");
        town.passes(minutes(2)).await;
        let page = ana.is_paged_about("Checkout");
        ben.hears_nothing();
        cas.hears_nothing();
        ana.acknowledges_by(&page).await;
        town.heals("Checkout");
        town.passes(minutes(15)).await;
        ana.is_told_that_it_works_again("Checkout");
        ben.hears_nothing();
    })
    .await;
}

#[tokio::test]
async fn two_probes_of_one_cause_make_one_incident_and_one_page() {
    Town::tells(KUSTWERK, async |town| {
        let (ana, olga) = (town.person("Ana"), town.signed_in("Olga").await);
        town.breaks("Checkout");
        town.passes(minutes(3)).await;
        let page = ana.is_paged_about("Checkout");
        ana.hears_nothing();
        assert_eq!(olga.counts_incidents("Checkout").await, 1);
        ana.acknowledges_by(&page).await;
        town.heals("Checkout");
        town.passes(minutes(15)).await;
        ana.is_told_that_it_works_again("Checkout");
        assert_eq!(olga.counts_incidents("Checkout").await, 1);
    })
    .await;
}

#[tokio::test]
async fn one_failed_check_wakes_nobody() {
    Town::tells(KUSTWERK, async |town| {
        let ana = town.person("Ana");
        town.passes(minutes(5)).await;
        town.breaks("Checkout");
        // Whenever in its half minute a probe asks: it fails once, and it works before it is asked again.
        let before = town.outside.asked("checkout.example");
        while town.outside.asked("checkout.example") == before {
            town.passes(seconds(1)).await;
        }
        town.heals("Checkout");
        town.passes(minutes(30)).await;
        ana.hears_nothing();
    })
    .await;
}

#[tokio::test]
async fn whatever_users_would_call_broken_wakes_somebody() {
    for behaves in [
        Behaves::Answers(500),
        Behaves::SaysWrong("It works!".into()),
        Behaves::Slowly(seconds(30)),
        Behaves::ExpiredCertificate,
        Behaves::RedirectsTo("https://checkout.example/".into()),
    ] {
        Town::tells(KUSTWERK, async |town| {
            let ana = town.person("Ana");
            town.behaves("Checkout", behaves.clone());
            town.passes(minutes(3)).await;
            let page = ana.is_paged_about("Checkout");
            ana.acknowledges_by(&page).await;
            town.heals("Checkout");
            town.passes(minutes(15)).await;
            ana.is_told_that_it_works_again("Checkout");
        })
        .await;
    }
}
