//! Depth-first search from the leaf to an anchor, under a budget (RFC 4158).

use super::reason::{PathError, PathReason};
use super::request::PathRequest;
use super::revocation::{self, Asked, MissingRevocation, RevocationPolicy};
use super::rules::{self, Rules};
use super::trusted::TrustedPath;
use super::work::{IssuerKey, Signed, Work};
use super::{MAX_PATH, Profile, Purpose, policy};
use crate::certificate::Certificate;
use crate::name::Name;
use std::collections::HashMap;
use time::OffsetDateTime;

/// Searches all paths and returns the first that holds, or the most helpful failure.
pub fn validate(request: &PathRequest<'_>) -> Result<TrustedPath, PathError> {
    let mut search = Search {
        request,
        work: Work::new(request.foreign, request.memory),
        depth: 0,
        settled: Vec::new(),
        under_way: Vec::new(),
        fetched: Vec::new(),
    };
    search.run(&Goal { leaf: request.leaf, anchors: request.anchors, purpose: request.purpose, at: request.at })
}

/// By comparable name: how many certificates lead from it to an anchor.
type Heights = HashMap<Vec<Vec<u8>>, usize>;

/// One certificate to be proven: the one in question, or that of somebody who signs lists about it.
struct Goal<'g> {
    leaf: &'g Certificate,
    anchors: &'g [Certificate],
    purpose: Purpose,
    at: OffsetDateTime,
}

/// All there is to one question, shared by the searches it leads to.
pub(super) struct Search<'a> {
    request: &'a PathRequest<'a>,
    work: Work<'a>,
    depth: usize,
    /// Signers of lists that were looked at, by anchor and time.
    settled: Vec<(Certificate, Certificate, OffsetDateTime, bool)>,
    under_way: Vec<Certificate>,
    fetched: Vec<Certificate>,
}

impl<'a> Search<'a> {
    fn run(&mut self, goal: &Goal<'_>) -> Result<TrustedPath, PathError> {
        let mut attempt = Attempt {
            goal,
            heights: self.heights(goal.anchors),
            best: PathError::new(PathReason::NoPath, goal.leaf, 0),
        };
        let mut path = vec![goal.leaf.clone()];
        match attempt.extend(self, &mut path) {
            Some(found) => Ok(found),
            None => Err(attempt.best),
        }
    }

    /// For each name, how many certificates lead from it to an anchor, judged by names alone. What leads nowhere costs no
    /// signature.
    fn heights(&self, anchors: &[Certificate]) -> Heights {
        let key = |name: &Name| name.comparable().to_vec();
        let mut heights: Heights = anchors.iter().map(|anchor| (key(anchor.subject()), 1)).collect();
        for height in 2..=MAX_PATH {
            for certificate in self.pool() {
                if heights.get(certificate.issuer().comparable()) == Some(&(height - 1)) {
                    heights.entry(key(certificate.subject())).or_insert(height);
                }
            }
        }
        heights
    }

    /// Everything that may lie between.
    pub(super) fn pool(&self) -> impl Iterator<Item = &Certificate> {
        self.request.intermediates.iter().chain(&self.fetched)
    }

    /// Every certificate at hand with this subject.
    pub(super) fn named(&self, name: &Name) -> Vec<Certificate> {
        let mut found: Vec<Certificate> = Vec::new();
        for certificate in self.request.anchors.iter().chain(self.pool()) {
            if certificate.subject().matches(name) && !found.contains(certificate) {
                found.push(certificate.clone());
            }
        }
        found
    }

    pub(super) const fn policy(&self) -> RevocationPolicy<'a> {
        self.request.revocation
    }

    pub(super) const fn profile(&self) -> Profile {
        self.request.profile
    }

    /// How many questions about signers of lists are under way.
    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn step(&mut self) -> Result<(), PathReason> {
        self.work.step()
    }

    pub(super) fn may_fetch(&mut self) -> bool {
        self.work.may_fetch()
    }

    pub(super) fn verify(&mut self, signed: &Signed, key: &IssuerKey) -> Result<bool, PathReason> {
        self.work.verify(signed, key)
    }

    /// Whether another certificate than the leaf has a path to this very anchor.
    pub(super) fn is_trusted(
        &mut self,
        certificate: &Certificate,
        anchor: &Certificate,
        purpose: Purpose,
        at: OffsetDateTime,
    ) -> Result<bool, PathReason> {
        let mut known = self.settled.iter();
        if let Some((.., trusted)) =
            known.find(|(leaf, top, when, _)| leaf == certificate && top == anchor && *when == at)
        {
            return Ok(*trusted);
        }
        // Nobody vouches for himself by a list of his own.
        if self.under_way.contains(certificate) {
            return Ok(false);
        }
        self.step()?;
        self.under_way.push(certificate.clone());
        self.depth += 1;
        let result = self.run(&Goal { leaf: certificate, anchors: std::slice::from_ref(anchor), purpose, at });
        self.depth -= 1;
        self.under_way.pop();
        match result {
            Err(PathError { reason: PathReason::BudgetExceeded, .. }) => Err(PathReason::BudgetExceeded),
            result => {
                self.settled.push((certificate.clone(), anchor.clone(), at, result.is_ok()));
                Ok(result.is_ok())
            }
        }
    }

    /// All that is asked of a path that reaches an anchor.
    fn complete(
        &mut self,
        goal: &Goal<'_>,
        path: &[Certificate],
        anchor: &Certificate,
    ) -> Result<TrustedPath, PathError> {
        let request = self.request;
        let keys = self.keys(path, anchor)?;
        let rules = Rules { request, purpose: goal.purpose, at: goal.at };
        rules::check(&rules, path, anchor, &mut self.work)?;
        let downwards: Vec<&Certificate> = path.iter().rev().collect();
        let inputs = if self.depth == 0 { request.policies } else { policy::PolicyInputs::default() };
        let policies = policy::check(anchor, &downwards, &inputs)
            .map_err(|(reason, index)| PathError::new(reason, downwards[index], path.len() - 1 - index))?;
        let mut proven = Vec::with_capacity(path.len());
        let mut best: Option<PathError> = None;
        for (depth, (certificate, issuer)) in path.iter().zip(&keys).enumerate() {
            match revocation::check(self, &Asked { certificate, issuer, anchor, at: goal.at }) {
                Ok(finding) => proven.push((certificate.clone(), finding)),
                Err(reason) => {
                    let error = PathError::new(reason, certificate, depth);
                    best = Some(match best {
                        Some(before) => before.better(error),
                        None => error,
                    });
                }
            }
        }
        if let Some(error) = best {
            return Err(error);
        }
        let mut findings: Vec<_> = proven.iter().map(|(_, finding)| *finding).collect();
        revocation::doubt(&mut findings);
        let missing = match request.revocation {
            RevocationPolicy::NotChecked => None,
            RevocationPolicy::Crls { missing, .. } => Some(missing),
            RevocationPolicy::Evidence(evidence) => Some(evidence.missing()),
        };
        let doubted = proven.iter().zip(&findings).position(|((_, before), after)| before.status != after.status);
        if let (Some(depth), Some(MissingRevocation::Refuse)) = (doubted, missing) {
            return Err(PathError::new(PathReason::RevocationStale, &path[depth], depth));
        }
        proven.iter_mut().zip(findings).for_each(|((_, finding), doubted)| *finding = doubted);
        Ok(TrustedPath { path: proven, anchor: anchor.clone(), at: goal.at, purpose: goal.purpose, policies, missing })
    }

    /// The key above each certificate, complete with inherited parameters. Signatures that had to wait for them are checked.
    fn keys(&mut self, path: &[Certificate], anchor: &Certificate) -> Result<Vec<IssuerKey>, PathError> {
        let mut keys = vec![IssuerKey::new(anchor.clone())];
        for certificate in path.iter().skip(1).rev() {
            let above = &keys[keys.len() - 1];
            let below = IssuerKey::below(above, certificate.clone());
            keys.push(below);
        }
        keys.reverse();
        for (depth, (certificate, key)) in path.iter().zip(&keys).enumerate() {
            let holds = self
                .work
                .verify(&Signed::Certificate(certificate.clone()), key)
                .map_err(|reason| PathError::new(reason, certificate, depth))?;
            if !holds {
                return Err(PathError::new(PathReason::BadSignature, certificate, depth));
            }
        }
        Ok(keys)
    }
}

/// One search for one goal.
struct Attempt<'g> {
    goal: &'g Goal<'g>,
    heights: Heights,
    best: PathError,
}

impl Attempt<'_> {
    /// Tries to complete `path`; recursion is bounded by [`MAX_PATH`].
    fn extend(&mut self, search: &mut Search<'_>, path: &mut Vec<Certificate>) -> Option<TrustedPath> {
        let depth = path.len() - 1;
        let last = path[depth].clone();
        let at = self.goal.at;
        if let Err(reason) = search.step() {
            self.remember(PathError::new(reason, &last, depth));
            return None;
        }
        for anchor in issuers_of(&last, self.goal.anchors.iter(), at, &self.heights) {
            if self.is_signed_by(search, &last, &anchor, depth)? {
                match search.complete(self.goal, path, &anchor) {
                    Ok(found) => return Some(found),
                    Err(error) if error.reason == PathReason::BudgetExceeded => {
                        self.remember(error);
                        return None;
                    }
                    Err(error) => self.remember(error),
                }
            }
        }
        if last.is_self_issued() && !self.goal.anchors.contains(&last) {
            self.remember(PathError::new(PathReason::UntrustedRoot, &last, depth));
        }
        if path.len() + 1 >= MAX_PATH {
            self.remember(PathError::new(PathReason::TooLong, &last, depth));
            return None;
        }
        let at_hand = issuers_of(&last, search.pool(), at, &self.heights);
        if let Some(found) = self.through(search, path, at_hand) {
            return Some(found);
        }
        let source = search.request.source?;
        if !search.may_fetch() {
            return None;
        }
        let mut fetched = source.issuers(&last);
        fetched.retain(|new| search.pool().all(|known| known != new));
        search.fetched.extend(fetched.iter().cloned());
        self.heights = search.heights(self.goal.anchors);
        let fetched = issuers_of(&last, fetched.iter(), at, &self.heights);
        self.through(search, path, fetched)
    }

    fn through(
        &mut self,
        search: &mut Search<'_>,
        path: &mut Vec<Certificate>,
        candidates: Vec<Certificate>,
    ) -> Option<TrustedPath> {
        let depth = path.len() - 1;
        let last = path[depth].clone();
        for candidate in candidates {
            // RFC 4158 5.2: the same name and key again leads nowhere new.
            let seen = |known: &Certificate| {
                known.subject().matches(candidate.subject()) && known.spki_der() == candidate.spki_der()
            };
            if path.iter().any(seen) || self.goal.anchors.contains(&candidate) {
                continue;
            }
            if !self.leads_up(search, &candidate, path.len() + 1) {
                self.remember_dead_end(search, &candidate, depth + 1);
                continue;
            }
            if self.is_signed_by(search, &last, &candidate, depth)? {
                path.push(candidate);
                let found = self.extend(search, path);
                path.pop();
                if found.is_some() || self.best.reason == PathReason::BudgetExceeded {
                    return found;
                }
            }
        }
        None
    }

    /// Whether names lead from `candidate`, the `length`th of its path, to an anchor within [`MAX_PATH`].
    fn leads_up(&self, search: &Search<'_>, candidate: &Certificate, length: usize) -> bool {
        match self.heights.get(candidate.issuer().comparable()) {
            Some(height) => length + height <= MAX_PATH,
            None => search.request.source.is_some(),
        }
    }

    /// Why names lead nowhere: they end in a root nobody trusts, or in nothing.
    fn remember_dead_end(&mut self, search: &Search<'_>, candidate: &Certificate, depth: usize) {
        let mut at = candidate.clone();
        for height in depth..depth + MAX_PATH {
            if at.is_self_issued() && !self.goal.anchors.contains(&at) {
                return self.remember(PathError::new(PathReason::UntrustedRoot, &at, height));
            }
            let above = search.pool().find(|above| above.subject().matches(at.issuer()));
            match above.cloned() {
                Some(above) => at = above,
                None => return self.remember(PathError::new(PathReason::NoPath, &at, height)),
            }
        }
        self.remember(PathError::new(PathReason::TooLong, candidate, depth));
    }

    /// `None` ends the search: the budget is spent.
    fn is_signed_by(
        &mut self,
        search: &mut Search<'_>,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
    ) -> Option<bool> {
        let key = IssuerKey::new(issuer.clone());
        if search.request.foreign.is_some() && key.lacks_parameters() {
            // Checked when the path is complete.
            return Some(true);
        }
        let reason = match search.verify(&Signed::Certificate(certificate.clone()), &key) {
            Ok(true) => return Some(true),
            Ok(false) => PathReason::BadSignature,
            Err(reason) => reason,
        };
        self.remember(PathError::new(reason, certificate, depth));
        (reason != PathReason::BudgetExceeded).then_some(false)
    }

    fn remember(&mut self, error: PathError) {
        let best = self.best.clone();
        self.best = best.better(error);
    }
}

/// Candidates with the issuer's name, the likeliest first (hints, never verdicts): the key identifier fits, it is a CA valid
/// at the time, few certificates lie above it.
fn issuers_of<'c>(
    certificate: &Certificate,
    among: impl Iterator<Item = &'c Certificate>,
    at: OffsetDateTime,
    heights: &Heights,
) -> Vec<Certificate> {
    let mut found: Vec<Certificate> = Vec::new();
    for candidate in among.filter(|candidate| candidate.subject().matches(certificate.issuer())) {
        if !found.contains(candidate) {
            found.push(candidate.clone());
        }
    }
    found.sort_by_key(|candidate| {
        let key = match (certificate.authority_key_id(), candidate.subject_key_id()) {
            (Some(wanted), Some(own)) if wanted == own => 0,
            (Some(_), Some(_)) => 2,
            _ => 1,
        };
        let authority = candidate.basic_constraints().is_some_and(|constraints| constraints.ca);
        let height = heights.get(candidate.issuer().comparable()).copied().unwrap_or(usize::MAX);
        (key, !authority, !candidate.valid_at(at), height)
    });
    found
}
