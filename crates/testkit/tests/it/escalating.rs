use testkit::{Town, minutes, seconds};

use crate::town::KUSTWERK;

#[tokio::test]
async fn an_unanswered_page_climbs_to_the_next_person() {
    Town::tells(KUSTWERK, async |town| {
        let (ana, ben) = (town.person("Ana"), town.person("Ben"));
        town.breaks("Checkout");
        town.passes(minutes(4)).await;
        ana.is_paged_about("Checkout");
        ben.hears_nothing();
        town.passes(minutes(3)).await;
        let page = ben.is_paged_about("Checkout");
        ben.acknowledges_by(&page).await;
        town.passes(minutes(20)).await;
        town.heals("Checkout");
        town.passes(minutes(9)).await;
        ana.is_told_that_it_works_again("Checkout");
        ben.is_told_that_it_works_again("Checkout");
    })
    .await;
}

#[tokio::test]
async fn a_step_with_nobody_is_skipped_at_once() {
    let nobody = KUSTWERK.replace("page: [{ person: Ana }]", "page: [{ team: Nobody }]")
        + "teams: [{ name: Nobody, client: Lindehaven, members: [] }]\n";
    Town::tells(&nobody, async |town| {
        let (ana, ben) = (town.person("Ana"), town.person("Ben"));
        town.breaks("Checkout");
        town.passes(minutes(2)).await;
        let page = ben.is_paged_about("Checkout");
        ana.hears_nothing();
        ben.acknowledges_by(&page).await;
        town.heals("Checkout");
        town.passes(minutes(15)).await;
        ben.is_told_that_it_works_again("Checkout");
    })
    .await;
}

#[tokio::test]
async fn when_nobody_is_on_call_the_fallback_is_woken() {
    let nobody = KUSTWERK
        .replace("page: [{ person: Ana }]", "page: [{ team: Nobody }]")
        .replace("page: [{ person: Ben }]", "page: [{ team: Nobody }]")
        + "teams: [{ name: Nobody, client: Lindehaven, members: [] }]\n";
    Town::tells(&nobody, async |town| {
        let cas = town.person("Cas");
        town.breaks("Checkout");
        town.passes(minutes(2)).await;
        let page = cas.is_paged_about("Checkout");
        cas.acknowledges_by(&page).await;
        town.heals("Checkout");
        town.passes(minutes(15)).await;
        cas.is_told_that_it_works_again("Checkout");
    })
    .await;
}

#[tokio::test]
async fn personal_rules_ring_the_phone_when_the_mail_is_not_answered() {
    let with_phone = KUSTWERK.replace(
        "contact: [{ mail: ana@kustwerk.example }]\n    rules: [mail at once]",
        "contact: [{ mail: ana@kustwerk.example }, { push: \"https://push.example/ana\" }]\n    rules: [mail at once, push after 3m]",
    );
    Town::tells(&with_phone, async |town| {
        let ana = town.person("Ana");
        town.breaks("Checkout");
        town.passes(minutes(2)).await;
        let page = ana.is_paged_about("Checkout");
        assert_eq!(ana.looks_at_the_phone(), 0);
        town.passes(minutes(3)).await;
        assert_eq!(ana.looks_at_the_phone(), 1);
        ana.acknowledges_by(&page).await;
        town.heals("Checkout");
        town.passes(minutes(15)).await;
        ana.is_told_that_it_works_again("Checkout");
        ana.looks_at_the_phone();
        town.person("Ben").reads_everything();
        town.passes(seconds(30)).await;
    })
    .await;
}
