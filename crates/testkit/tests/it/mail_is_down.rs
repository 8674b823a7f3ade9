use testkit::{Town, hours, minutes};

use crate::town::KUSTWERK;

#[tokio::test]
async fn mail_is_down_for_an_hour_and_the_page_arrives_once_when_it_returns() {
    Town::tells(KUSTWERK, async |town| {
        let (ana, ben, cas) = (town.person("Ana"), town.person("Ben"), town.person("Cas"));
        town.outside.relay_is_down(true);
        town.breaks("Checkout");
        town.passes(hours(1)).await;
        ana.hears_nothing();
        assert!(town.outside.mails_tried() > 3, "it kept trying");
        let olga_sees = town.outside.letters().len();
        assert_eq!(olga_sees, 0);
        town.outside.relay_is_down(false);
        town.passes(minutes(10)).await;
        // Escalation went on meanwhile: the others were called as well.
        let page = ana.is_paged_about("Checkout");
        ben.is_paged_about("Checkout");
        ana.acknowledges_by(&page).await;
        town.heals("Checkout");
        town.passes(minutes(20)).await;
        for person in [&ana, &ben, &cas] {
            person.reads_everything();
        }
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_that_does_not_exist_does_not_stop_the_climb() {
    Town::tells(KUSTWERK, async |town| {
        let (ana, ben) = (town.person("Ana"), town.person("Ben"));
        town.outside.mailbox_is_unknown(&ana.address);
        town.breaks("Checkout");
        town.passes(minutes(8)).await;
        ana.hears_nothing();
        let page = ben.is_paged_about("Checkout");
        ben.acknowledges_by(&page).await;
        town.heals("Checkout");
        town.passes(minutes(15)).await;
        ben.is_told_that_it_works_again("Checkout");
    })
    .await;
}
