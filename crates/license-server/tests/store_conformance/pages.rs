//! Lists in pages.

use license_server::store::{MAX_PAGE, PageRequest, Query, Store};
use time::Duration;

use crate::place::{Place, ids};
use crate::store_support::{AT, TYPE, id, issue_of};

over_every_store! {
    pages_are_bounded_and_complete
    newest_first
}

/// Pages: every item once, in order, however small the page; never more than the limit.
fn pages_are_bounded_and_complete(place: &Place) {
    let store = place.open();
    let serials: Vec<String> = (0..57).map(|n| format!("P{n:03}")).collect();
    for set in serials.chunks(20) {
        store.issue(issue_of(&set.iter().map(String::as_str).collect::<Vec<_>>())).unwrap();
    }
    for limit in [0, 1, 10, 57, 1_000_000] {
        let (mut after, mut seen, mut pages) = (None, Vec::new(), 0);
        loop {
            let page = store.list(&Query::Type(TYPE.into()), &PageRequest { after, limit }).unwrap();
            assert!(page.items.len() <= limit.clamp(1, MAX_PAGE));
            seen.extend(page.items.into_iter().map(|license| license.id));
            pages += 1;
            match page.next {
                // A cursor survives its text form.
                Some(next) => after = Some(next.to_string().parse().unwrap()),
                None => break,
            }
        }
        assert_eq!(seen, serials.iter().map(|serial| id(serial, 1)).collect::<Vec<_>>(), "limit {limit}");
        assert_eq!(pages, 57_usize.div_ceil(limit.clamp(1, 57)));
    }
    for text in ["0", "zz", "0G", "é0"] {
        assert!(text.parse::<license_server::store::Cursor>().is_err());
    }
}

/// Newest first, whatever the order of issue.
fn newest_first(place: &Place) {
    let store = place.open();
    for (serial, days) in [("N1", 1), ("N3", 3), ("N2", 2)] {
        let mut request = issue_of(&[serial]);
        request.licenses[0].issued_at = AT + Duration::days(days);
        store.issue(request).unwrap();
    }
    assert_eq!(ids(&store, &Query::Newest), [id("N3", 1), id("N2", 1), id("N1", 1)]);
}
