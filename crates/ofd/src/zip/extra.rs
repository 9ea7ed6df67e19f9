//! Extra fields: second names and second sizes, which some readers prefer to the first.

use super::inflate::crc32;
use super::{u16_at, u64_at};

/// Those fields of an entry that say again, or otherwise, what its header says (APPNOTE 4.5.3, 4.6.9).
#[derive(Default)]
pub(super) struct Extra<'a> {
    unicode_path: Option<&'a [u8]>,
    zip64: Option<&'a [u8]>,
    /// Why readers may see other fields than we do.
    pub(super) fault: Option<&'static str>,
    /// Fields of any kind.
    pub(super) count: u64,
}

impl<'a> Extra<'a> {
    pub(super) fn parse(mut bytes: &'a [u8]) -> Extra<'a> {
        let mut found = Extra::default();
        while let (Some(id), Some(length)) = (u16_at(bytes, 0), u16_at(bytes, 2)) {
            let Some(body) = bytes.get(4..4 + usize::from(length)) else {
                found.fault = Some("an extra field that is cut off");
                break;
            };
            found.count += 1;
            let slot = match id {
                UNICODE_PATH => Some(&mut found.unicode_path),
                ZIP64 => Some(&mut found.zip64),
                _ => None,
            };
            if slot.is_some_and(|slot| slot.replace(body).is_some()) {
                found.fault = Some("an extra field that stands twice");
            }
            bytes = bytes.get(4 + usize::from(length)..).unwrap_or_default();
        }
        found
    }

    /// The second name, if there is one; nothing inside when it is not for the bytes that the header has.
    pub(super) fn second_name(&self, raw_name: &[u8]) -> Option<Option<&'a str>> {
        let body = self.unicode_path?;
        let fits = body.first() == Some(&1) && body.get(1..5) == Some(&crc32(raw_name).to_le_bytes());
        Some(body.get(5..).filter(|_| fits).and_then(|name| std::str::from_utf8(name).ok()))
    }

    pub(super) fn has_zip64(&self) -> bool {
        self.zip64.is_some()
    }

    /// Size, packed size and offset of a record in the directory. The field stands for those that are all ones there;
    /// for what stands there anyway it may only repeat it. Nothing when it does neither.
    pub(super) fn resolve(&self, told: [u32; 3]) -> Option<[u64; 3]> {
        let open = told.iter().filter(|value| **value == u32::MAX).count();
        let mut values = told.map(u64::from);
        let Some(body) = self.zip64 else { return (open == 0).then_some(values) };
        let numbers = numbers(body)?;
        if open == 0 {
            let repeated = numbers.len() >= 2 && numbers.iter().zip(&values).all(|(number, value)| number == value);
            return (repeated && numbers.len() <= values.len()).then_some(values);
        }
        if numbers.len() != open {
            return None;
        }
        let all_ones = values.iter_mut().filter(|value| **value == u64::from(u32::MAX));
        all_ones.zip(numbers).for_each(|(value, number)| *value = number);
        Some(values)
    }

    /// Size and packed size in a local header, where both must stand.
    pub(super) fn local_sizes(&self) -> Option<(u64, u64)> {
        match numbers(self.zip64?)?.as_slice() {
            [size, packed] => Some((*size, *packed)),
            _ => None,
        }
    }
}

/// The 64-bit values of a zip64 field; the number of the first volume may follow.
fn numbers(body: &[u8]) -> Option<Vec<u64>> {
    let rest = body.len() % 8;
    let (wide, volume) = body.split_at(body.len() - rest);
    let sound = volume.is_empty() || volume == [0; 4];
    let count = wide.len() / 8;
    (sound && count <= 3).then(|| (0..count).filter_map(|at| u64_at(wide, 8 * at)).collect())
}

const UNICODE_PATH: u16 = 0x7075;
const ZIP64: u16 = 0x0001;
