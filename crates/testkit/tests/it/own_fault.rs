use testkit::{Town, hours, minutes};

use crate::town::KUSTWERK;

#[tokio::test]
async fn our_own_fault_is_unknown_and_wakes_nobody() {
    Town::tells(KUSTWERK, async |town| {
        let ana = town.person("Ana");
        let olga = town.signed_in("Olga").await;
        town.passes(minutes(5)).await;
        town.outside.is_cut_off(true);
        town.passes(minutes(30)).await;
        assert_eq!(olga.sees_probe_states("Checkout").await, ["unknown", "unknown"]);
        assert_eq!(olga.counts_incidents("Checkout").await, 0);
        town.outside.is_cut_off(false);
        town.passes(minutes(5)).await;
        assert_eq!(olga.sees_probe_states("Checkout").await, ["up", "up"]);
        ana.hears_nothing();
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_stop_the_watch_nor_page_twice() {
    Town::tells(KUSTWERK, async |town| {
        let (ana, ben) = (town.person("Ana"), town.person("Ben"));
        town.breaks("Checkout");
        town.passes(minutes(2)).await;
        let page = ana.is_paged_about("Checkout");
        town.clock_is_set_back(hours(1));
        town.passes(minutes(2)).await;
        ana.hears_nothing();
        ana.acknowledges_by(&page).await;
        town.heals("Checkout");
        town.passes(hours(1) + minutes(20)).await;
        ana.is_told_that_it_works_again("Checkout");
        ana.reads_everything();
        ben.reads_everything();
        town.breaks("Checkout");
        town.passes(minutes(3)).await;
        let page = ana.is_paged_about("Checkout");
        ana.acknowledges_by(&page).await;
        town.heals("Checkout");
        town.passes(minutes(20)).await;
        ana.is_told_that_it_works_again("Checkout");
    })
    .await;
}
