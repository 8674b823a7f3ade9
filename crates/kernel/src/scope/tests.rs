use super::*;

struct Noon;
impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}
struct Sevens;
impl Dice for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn scope(grants: Vec<Grant>) -> Scope {
    Scope::new(Actor::Public, grants, Arc::new(Noon), Arc::new(Sevens))
}

const LINDEHAVEN: u128 = 1;
const OTHER: u128 = 2;

fn client(bits: u128) -> ClientId {
    ClientId::from_u128(bits)
}

#[test]
fn a_grant_on_one_service_shows_that_service_only() {
    let permits = ServiceId::from_u128(10);
    let taxes = ServiceId::from_u128(11);
    let scope =
        scope(vec![Grant { role: Role::Engineer, client: Some(client(LINDEHAVEN)), service: Some(permits) }]);
    assert!(scope.sees(client(LINDEHAVEN), Some(permits)));
    assert!(!scope.sees(client(LINDEHAVEN), Some(taxes)));
    assert!(!scope.sees(client(LINDEHAVEN), None));
    assert!(scope.may(Right::Respond, client(LINDEHAVEN), Some(permits)));
    assert!(!scope.may(Right::Manage, client(LINDEHAVEN), Some(permits)));
}

#[test]
fn what_one_may_not_see_is_not_found_and_what_one_may_only_see_is_forbidden() {
    let scope = scope(vec![Grant { role: Role::Reader, client: Some(client(LINDEHAVEN)), service: None }]);
    let refused = |bits| scope.require(Right::Respond, "incident", client(bits), None).map_err(|p| p.kind);
    assert_eq!(refused(LINDEHAVEN), Err(Kind::Forbidden));
    assert_eq!(refused(OTHER), Err(Kind::NotFound));
}

#[test]
fn nobody_sees_nothing_and_a_task_sees_all() {
    assert!(!scope(Vec::new()).sees(client(LINDEHAVEN), None));
    assert!(scope(Vec::new()).on_behalf("test").sees(client(OTHER), None));
}

use crate::Kind;
