use store::testing::Fuse;
use testkit::{Town, acknowledge_link, minutes};

use crate::town::KUSTWERK;

/// The night that is repeated: it breaks, Ana does not answer, Ben takes it on, it works again.
async fn the_night(town: &mut Town) {
    let ben = town.person("Ben");
    town.breaks("Checkout");
    town.passes(minutes(9)).await;
    let page = ben.is_paged_about("Checkout");
    ben.acknowledges_by(&page).await;
    town.passes(minutes(2)).await;
    town.heals("Checkout");
    town.passes(minutes(15)).await;
}

async fn founded_and_burning(fuse: std::sync::Arc<Fuse>) -> Town {
    let mut town = Town::founded(KUSTWERK, None).await;
    town.passes(minutes(2)).await;
    town.burns(Some(fuse)).await;
    town
}

/// How many durable steps the night has: commits, and mails that the relay took.
async fn steps_of_the_night() -> u32 {
    let counting = Fuse::counting();
    let mut town = founded_and_burning(counting.clone()).await;
    the_night(&mut town).await;
    town.is_left_as_it_is();
    town.ends().await;
    counting.counted()
}

/// Kills the program after one step of the night and looks at what came of it.
async fn killed_after(step: u32) {
    let mut town = founded_and_burning(Fuse::after(step)).await;
    the_night(&mut town).await;
    let letters = town.outside.letters();
    for name in ["ana", "ben"] {
        let to_them = letters.iter().filter(|one| one.mail.to.contains(name));
        let pages: Vec<_> = to_them
            .filter(|one| acknowledge_link(&one.mail).is_some())
            .map(|one| one.mail.message_id.as_str())
            .collect();
        assert!(!pages.is_empty(), "killed after step {step}: {name} was not paged");
        assert!(pages.iter().all(|id| *id == pages[0]), "killed after step {step}: {name} has {pages:?}");
    }
    // Both all-clears may be on their way at once; each may arrive once more, with the same id.
    for letter in &letters {
        let copies = letters.iter().filter(|one| one.mail.message_id == letter.mail.message_id).count();
        assert!(copies <= 2, "killed after step {step}: {copies} copies of {:?}", letter.mail.subject);
    }
    assert_eq!(town.open_incidents().await, 0, "killed after step {step}: it did not close");
    town.is_left_as_it_is();
    town.ends().await;
}

/// Every `of`-th step, beginning with `first`: the parts run side by side.
async fn killed_at_every(of: usize, first: u32) {
    let steps = steps_of_the_night().await;
    assert!(steps > 10, "the night has {steps} steps");
    for step in (first..steps).step_by(of) {
        killed_after(step).await;
    }
}

#[tokio::test]
async fn killed_between_any_two_steps_no_page_is_lost_and_at_most_one_doubled_part_1() {
    killed_at_every(4, 0).await;
}

#[tokio::test]
async fn killed_between_any_two_steps_no_page_is_lost_and_at_most_one_doubled_part_2() {
    killed_at_every(4, 1).await;
}

#[tokio::test]
async fn killed_between_any_two_steps_no_page_is_lost_and_at_most_one_doubled_part_3() {
    killed_at_every(4, 2).await;
}

#[tokio::test]
async fn killed_between_any_two_steps_no_page_is_lost_and_at_most_one_doubled_part_4() {
    killed_at_every(4, 3).await;
}
