//! The catalog of reason codes: one table, the same for library, service, page and `docs/reason-codes.md`.
//!
//! A code is a promise: it is never renamed or given another meaning. New ones are added.

/// What a reason does to the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Not genuine, or not valid: the verdict is failed.
    Fails,
    /// Cannot tell: the verdict is at best indeterminate.
    Unclear,
    /// Something that was not done and does not change the verdict by itself.
    Note,
}

/// A text in both languages of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// What to do about it.
mod remedy {
    use super::Text;

    pub(super) const ASK_ISSUER: Text = Text {
        zh: "请勿采信；请持证人向颁发机构重新获取原件。",
        en: "Do not rely on it; the holder should get a fresh original from the issuing authority.",
    };
    pub(super) const UPLOAD_ORIGINAL: Text = Text {
        zh: "请提交未经转存、截图或另存的证照原件后重新核验。",
        en: "Submit the original file, not a re-saved copy or a screenshot, and verify again.",
    };
    pub(super) const LICENSE_OR_DETAILS: Text = Text {
        zh: "如为电子证照，请提交未经转存的原件；如为其他文件，其印章和签名是否有效见各签名的结论。",
        en: "If it should be a license, submit the original file, not a re-saved copy. Of any other document, see what is said of each signature.",
    };
    pub(super) const UPDATE_TRUST: Text = Text {
        zh: "请更新信任列表，或通过颁发机构所在地的核验服务核验。",
        en: "Update the trust list, or verify with the service of the issuing authority's region.",
    };
    pub(super) const CHECK_ONLINE: Text = Text {
        zh: "请联网后重新核验，或向颁发机构查询证照的当前状态。",
        en: "Verify again online, or ask the issuing authority for the current status.",
    };
    pub(super) const RENEW: Text = Text {
        zh: "请持证人向颁发机构办理延续、换发或了解原因。",
        en: "The holder should renew or replace it, or ask the issuing authority why.",
    };
    pub(super) const SCAN_AGAIN: Text = Text {
        zh: "请对准证照上的二维码重新扫描，或完整粘贴二维码内容。",
        en: "Scan the QR code on the license again, or paste its whole text.",
    };
    pub(super) const REPORT: Text = Text {
        zh: "请勿采信，保留证据并向颁发机构或公安机关反映。",
        en: "Do not rely on it; keep the evidence and tell the issuing authority or the police.",
    };
}

macro_rules! reasons {
    ($( $name:ident $code:literal $effect:ident $remedy:ident
        [$czh:literal $cen:literal] [$ozh:literal $oen:literal] )*) => {
        /// Why a check did not pass. The variant's documentation is its officer's text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Reason { $( #[doc = $oen] $name, )* }

        impl Reason {
            /// Every reason, in the order of the catalog.
            pub const ALL: &'static [Reason] = &[$( Reason::$name, )*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $( Reason::$name => $code, )* }
            }

            /// What it does to the verdict.
            pub const fn effect(self) -> Effect {
                match self { $( Reason::$name => Effect::$effect, )* }
            }

            /// In words a citizen understands.
            pub const fn citizen(self) -> Text {
                match self { $( Reason::$name => Text { zh: $czh, en: $cen }, )* }
            }

            /// In words an officer can act on.
            pub const fn officer(self) -> Text {
                match self { $( Reason::$name => Text { zh: $ozh, en: $oen }, )* }
            }

            /// What to do.
            pub const fn remedy(self) -> Text {
                match self { $( Reason::$name => remedy::$remedy, )* }
            }

            /// Whether it speaks of the license's state and not of its genuineness: an expired or cancelled license is
            /// still the one that was issued, and what it says may be shown.
            pub const fn is_state(self) -> bool {
                matches!(
                    self,
                    Reason::ValidityNotYet
                        | Reason::ValidityExpired
                        | Reason::RegisterSuspended
                        | Reason::RegisterWithdrawn
                        | Reason::RegisterCancelled
                        | Reason::RegisterTransferredOut
                        | Reason::RegisterRevoked
                        | Reason::RegisterSuperseded
                )
            }

            /// The reason with this code.
            pub fn from_code(code: &str) -> Option<Reason> {
                Reason::ALL.iter().copied().find(|reason| reason.code() == code)
            }
        }
    };
}

reasons! {
    // ---- what was handed in
    InputEmpty "input.empty" Unclear UPLOAD_ORIGINAL
        ["没有收到内容。" "Nothing was received."]
        ["输入为 0 字节或仅有空白。" "The input has no bytes, or blanks only."]
    InputUnknown "input.unknown-kind" Unclear UPLOAD_ORIGINAL
        ["这不是电子证照文件或证照二维码。" "This is neither an electronic license nor a license QR code."]
        ["内容不是 OFD、PDF 或证照索引。" "The content is no OFD, PDF or license index."]
    InputTooLarge "input.too-large" Unclear UPLOAD_ORIGINAL
        ["文件过大，无法核验。" "The file is too large to verify."]
        ["输入超过处理上限（大小、条目、对象或层级）。" "The input is over a limit (size, entries, objects or depth)."]
    // ---- checks that were not made
    CheckNotPossible "check.not-possible" Note CHECK_ONLINE
        ["有一项检查缺少前提，没有进行。" "One check could not be made, because an earlier one failed."]
        ["所需数据缺失或前置检查未通过，此项未执行（见说明）。" "What this check needs is missing, or an earlier check failed; the detail says which."]
    CheckNotApplicable "check.not-applicable" Note CHECK_ONLINE
        ["有一项检查不适用于这份文件。" "One check does not apply to this file."]
        ["文件不含此项检查的对象，此项不适用（见说明）。" "The file holds nothing for this check to look at; the detail says what."]
    // ---- the QR text and the index
    TokenForeign "token.foreign" Unclear SCAN_AGAIN
        ["这个二维码不是电子证照核验码。" "This QR code does not belong to an electronic license."]
        ["文本不是本规范的证照索引（可能来自其他系统）。" "The text is not an index of this format, perhaps of another system."]
    TokenMalformed "token.malformed" Fails SCAN_AGAIN
        ["核验码不完整或被改动。" "The code is incomplete or was changed."]
        ["索引无法解码：Base32、COSE 或 CBOR 结构错误。" "The index cannot be decoded: base32, COSE or CBOR is broken."]
    TokenNotCanonical "token.not-canonical" Fails SCAN_AGAIN
        ["核验码的写法不正确。" "The code is not written in its proper form."]
        ["索引不是唯一的规范编码（确定性 CBOR、无填充 Base32）。" "The index is not in its one canonical encoding."]
    TokenAddress "token.address" Fails REPORT
        ["二维码指向的不是公布的核验网址，可能引向仿冒网页。" "The code does not lead to an official address; it may lead to a fake page."]
        ["索引文本的网址不在信任列表公布的网址之中（令牌本身另行判断）。" "The address of the index text is not one that the trust list publishes; the token itself is judged apart."]
    TokenIssuerUnknown "token.issuer-unknown" Unclear UPDATE_TRUST
        ["无法确认颁发机构。" "The issuing authority is not known here."]
        ["索引所述颁发机构不在信任列表中。" "The issuer named by the index is not in the trust list."]
    TokenKeyUnknown "token.key-unknown" Fails REPORT
        ["不是该颁发机构签发的，涉嫌伪造。" "It was not signed by this authority; it looks forged."]
        ["签名密钥不属于信任列表中的该颁发机构。" "The signing key is not one that the trust list gives this issuer."]
    TokenSignature "token.signature" Fails REPORT
        ["签名不符，内容被改动或伪造。" "The signature does not match: forged or changed."]
        ["COSE_Sign1 签名验证失败。" "The COSE_Sign1 signature does not verify."]
    TokenTypeNotAllowed "token.type-not-allowed" Fails REPORT
        ["该机构无权颁发这类证照。" "This authority may not issue this type of license."]
        ["信任列表未授权该颁发机构颁发此证照类型。" "The trust list does not let this issuer issue this type."]
    TokenKeyPeriod "token.key-period" Fails ASK_ISSUER
        ["签发时所用密钥不在有效期内。" "The signing key was not in use at the time of issue."]
        ["颁发时间不在密钥的授权期间内。" "The time of issue lies outside the key's period in the trust list."]
    // ---- validity and register
    ValidityNotYet "validity.not-yet" Fails CHECK_ONLINE
        ["证照尚未生效。" "The license is not valid yet."]
        ["核验时间早于有效期起始日期。" "The time of verification is before the first day of validity."]
    ValidityExpired "validity.expired" Fails RENEW
        ["证照已过期。" "The license has expired."]
        ["核验时间晚于有效期截止日期。" "The time of verification is after the last day of validity."]
    RegisterNotChecked "register.not-checked" Note CHECK_ONLINE
        ["没有联网查询证照的当前状态。" "The current status was not checked online."]
        ["本次为离线核验，未查询登记状态。" "Offline verification: the register was not asked."]
    RegisterUnknown "register.unknown" Unclear CHECK_ONLINE
        ["登记库中查不到这份证照。" "The register does not know this license."]
        ["登记库无此证照标识。" "The register has no such identifier."]
    RegisterSuspended "register.suspended" Fails RENEW
        ["证照已被暂扣（暂停使用）。" "The license is suspended."]
        ["登记状态：暂扣。" "Register status: suspended."]
    RegisterWithdrawn "register.withdrawn" Fails RENEW
        ["证照已被撤销。" "The license was withdrawn."]
        ["登记状态：撤销。" "Register status: withdrawn."]
    RegisterCancelled "register.cancelled" Fails RENEW
        ["证照已注销。" "The license was cancelled."]
        ["登记状态：注销。" "Register status: cancelled."]
    RegisterTransferredOut "register.transferred-out" Fails RENEW
        ["证照已转出到其他地区。" "The license was transferred to another region."]
        ["登记状态：转出。" "Register status: transferred out."]
    RegisterRevoked "register.revoked" Fails RENEW
        ["证照已被吊销。" "The license was revoked."]
        ["登记状态：吊销。" "Register status: revoked."]
    RegisterSuperseded "register.superseded" Fails RENEW
        ["证照已换发新版本，此版本不再有效。" "A newer version was issued; this one is no longer valid."]
        ["登记状态：已被新版本取代。" "Register status: superseded by a newer version."]
    RegisterDiffers "register.differs" Fails REPORT
        ["内容与登记信息不一致。" "The content differs from the register."]
        ["证照信息或索引与登记库保存的不同。" "The record or index differs from the one in the register."]
    RegisterFileDiffers "register.file-differs" Fails UPLOAD_ORIGINAL
        ["文件不是颁发的那一份。" "This is not the file that was issued."]
        ["文件摘要与登记库保存的原件不同。" "The file's digest is not that of the stored original."]
    // ---- OFD package
    OfdUnreadable "ofd.unreadable" Fails UPLOAD_ORIGINAL
        ["文件损坏，无法打开。" "The file is damaged and cannot be opened."]
        ["OFD 包或其 XML 无法读取。" "The OFD package or its XML cannot be read."]
    OfdStructure "ofd.structure" Fails UPLOAD_ORIGINAL
        ["文件结构异常，可能被改动。" "The file's structure is irregular; it may have been changed."]
        ["OFD 包结构异常（重复条目、头部不一致、包外数据、路径或引用错误）。" "The package is unsound: duplicate entries, header mismatch, bytes outside, bad paths or references."]
    OfdDuplicateEntry "ofd.duplicate-entry" Fails UPLOAD_ORIGINAL
        ["文件中有同名的两份内容，可能被改动。" "The file holds two contents of one name; it may have been changed."]
        ["ZIP 包内存在重名（含仅大小写或路径写法不同）或重叠的条目。" "Two zip entries share a name (also but for case or spelling of the path), or share bytes."]
    OfdHeaderMismatch "ofd.header-mismatch" Fails UPLOAD_ORIGINAL
        ["文件的目录与内容不一致，可能被改动。" "The file's directory does not fit its content; it may have been changed."]
        ["ZIP 本地文件头与中央目录不一致。" "Local header and central directory of the zip disagree."]
    OfdOutsideBytes "ofd.outside-bytes" Fails UPLOAD_ORIGINAL
        ["文件前后或中间夹带了多余的数据。" "There are extra data before, behind or inside the file."]
        ["ZIP 包之前、之后或条目之间有不属于任何条目的字节，或有多个结束记录。" "Bytes before, behind or between the zip entries belong to none, or there are two end records."]
    OfdEntryDamaged "ofd.entry-damaged" Fails UPLOAD_ORIGINAL
        ["文件中有一部分已损坏。" "A part of the file is damaged."]
        ["条目无法解压、加密、压缩方式不支持，或长度、CRC 与声明不符。" "An entry does not inflate, is encrypted, uses an unknown method, or its length or CRC is not the declared one."]
    OfdPath "ofd.path" Fails REPORT
        ["文件内部的路径异常，可能被改动。" "A path inside the file is irregular; it may have been changed."]
        ["条目名或引用路径不安全（反斜杠、“..”越界、盘符、控制字符）。" "The name of an entry or a path is unsafe: backslash, leading outside, drive, control characters."]
    OfdEncoding "ofd.encoding" Fails UPLOAD_ORIGINAL
        ["文件的文字编码异常，不同软件可能读出不同内容。" "The encoding is irregular; programs may read different words."]
        ["XML 的实际编码与声明不符、无法解码，或可按两种编码读出不同内容。" "An XML part is not in the encoding it declares, cannot be decoded, or reads differently in two encodings."]
    OfdXml "ofd.xml" Fails UPLOAD_ORIGINAL
        ["文件内部的数据格式错误，可能被改动。" "The data inside the file are malformed; it may have been changed."]
        ["XML 不是良构、含 DTD 或实体、前缀未绑定、重复属性，或根元素不是标准规定的。" "An XML part is not well-formed, has a DTD or entities, an unbound prefix, a repeated attribute, or another root element."]
    OfdMultipleDocuments "ofd.multiple-documents" Fails UPLOAD_ORIGINAL
        ["文件中包含多份文档，无法确定以哪一份为准。" "The file holds several documents; which one counts cannot be told."]
        ["OFD.xml 中有多个 DocBody。" "OFD.xml has more than one DocBody."]
    OfdVersions "ofd.versions" Unclear ASK_ISSUER
        ["文件保存了多个版本，不同软件可能显示不同的版本。" "The file keeps several versions; programs may show different ones."]
        ["DocBody 含版本列表（Versions）；本次核验针对 DocRoot 所指的版本。" "The DocBody has a list of versions; what was verified is the one that DocRoot names."]
    OfdReference "ofd.reference" Fails UPLOAD_ORIGINAL
        ["文件不完整，缺少其中引用的内容。" "The file is incomplete: something it refers to is missing."]
        ["文档引用的部件、字体、图片、模板或页面不存在。" "A part, font, picture, template or page that the document refers to does not exist."]
    OfdUnreferenced "ofd.unreferenced" Fails REPORT
        ["文件中夹带了不属于文档的内容。" "The file carries something that is no part of the document."]
        ["包内文件没有任何引用且未受签名保护（夹带）。" "No part of the document leads to this file and no signature protects it."]
    OfdCarried "ofd.carried" Note ASK_ISSUER
        ["文件附带了不属于文档内容的文件，签章者已一并签名。" "The file carries something along that is no part of the document; the signer signed it, too."]
        ["包内文件没有任何引用，阅读器不显示；它在签名保护之内。" "No part of the document leads to this file and no viewer shows it; a signature protects it."]
    OfdForeign "ofd.foreign" Fails REPORT
        ["文件中有电子证照不应有的内容，涉嫌伪造。" "The file holds something that no license of this kind has; it looks forged."]
        ["证照文件中有颁发时不会写入的元素、属性、写法、附件或部件（注释、动作、颜色空间、外来命名空间等）。" "The license holds an element, attribute, spelling, attachment or part that issuing never writes: annotations, actions, colour spaces, foreign namespaces."]
    OfdUnsigned "ofd.unsigned" Fails UPLOAD_ORIGINAL
        ["文件没有电子印章，不能证明真伪。" "The file bears no electronic seal and proves nothing."]
        ["OFD 中没有签名或签章。" "The OFD holds no signature."]
    OfdSignature "ofd.signature" Fails UPLOAD_ORIGINAL
        ["电子印章数据无法读取。" "The electronic seal's data cannot be read."]
        ["Signature.xml 或签名值缺失或无法解析。" "Signature.xml or the signature value is missing or cannot be parsed."]
    OfdSignatureList "ofd.signature-list" Fails REPORT
        ["印章清单与印章不一致，可能有印章被删除或替换。" "The list of seals does not fit the seals; one may have been removed or replaced."]
        ["Signatures.xml 与签名文件不一致：记录重复、类型不符、指向不存在的文件，或包内签名未列入清单。" "Signatures.xml and the signatures disagree: repeated record, wrong type, missing file, or a signature that is not listed."]
    OfdReferences "ofd.references" Fails REPORT
        ["印章的保护清单不正确。" "The seal's list of protected parts is wrong."]
        ["References 缺失、为空、重复，或同一文件被引用两次，或校验值无法解码。" "References is missing, empty or repeated, names a file twice, or a check value cannot be decoded."]
    OfdUnverifiable "ofd.unverifiable" Unclear ASK_ISSUER
        ["签名缺少证书，无法核验。" "The signature brings no certificate and cannot be verified."]
        ["签名值为裸 SM2 签名，不含签名证书，无法单独验证。" "The signature value is a bare SM2 signature without a certificate; it cannot be checked alone."]
    OfdDigestMethod "ofd.digest-method" Fails ASK_ISSUER
        ["印章使用了不安全的摘要算法。" "The seal uses an unsafe digest."]
        ["CheckMethod 为 MD5、SHA-1、缺省或未知算法。" "CheckMethod is MD5, SHA-1, absent or unknown."]
    OfdSignatureMethod "ofd.signature-method" Fails ASK_ISSUER
        ["印章声明的算法与实际不一致。" "The seal names another algorithm than it uses."]
        ["SignatureMethod 与签名值的实际算法不一致或不是 SM2。" "SignatureMethod is not the algorithm of the signature value, or is not SM2."]
    OfdListOpen "ofd.list-open" Note CHECK_ONLINE
        ["印章清单未受保护：之后加盖或移除的印章可能无法察觉。" "The list of seals is not protected: later seals may have been added or removed."]
        ["Signatures.xml 未被任何签名保护，可继续签章，也无法发现最后的签章被整体移除。" "No signature protects Signatures.xml: more seals may follow, and removing the last one whole leaves no trace."]
    OfdDigest "ofd.digest" Fails REPORT
        ["盖章后内容被改动。" "The content was changed after sealing."]
        ["受保护文件的杂凑值与签名时不同。" "The digest of a protected part is not the one that was signed."]
    OfdUncovered "ofd.uncovered" Fails REPORT
        ["部分内容不在印章保护范围内。" "Some content is not protected by the seal."]
        ["文档可达的部件未被任何签名保护。" "A part that the document reaches is covered by no signature."]
    OfdPartlyCovered "ofd.partly-covered" Note CHECK_ONLINE
        ["有的印章只保护了文件的一部分，其余由另一枚印章保护。" "One seal protects only a part of the file; another protects the rest."]
        ["此签名未覆盖的部件由其他签名覆盖（见说明）。" "What this signature leaves open is under another one; the detail names it."]
    // ---- whole-package integrity, GM/T 0099 annex D
    IntegrityList "integrity.list" Fails REPORT
        ["文件的完整性清单与内容不一致。" "The file's list of contents does not fit it."]
        ["OFDEntries.xml 无法读取、有重复项，或所列文件不存在。" "OFDEntries.xml cannot be read, repeats an item, or lists a file that is not there."]
    IntegrityUnlisted "integrity.unlisted" Fails REPORT
        ["文件中夹带了清单以外的内容。" "The file carries something that its list does not name."]
        ["包内文件未列入 OFDEntries.xml（夹带）。" "A file of the package is not in OFDEntries.xml."]
    IntegritySignature "integrity.signature" Fails REPORT
        ["文件的完整性签名不符。" "The signature over the file's list does not match."]
        ["OFDEntries.xml 的签名值缺失、无法解析或验证失败。" "The signature value over OFDEntries.xml is missing, unreadable or does not verify."]
    // ---- electronic seal, GB/T 38540
    SealStructure "seal.structure" Fails UPLOAD_ORIGINAL
        ["电子印章数据格式错误。" "The electronic seal's data is malformed."]
        ["电子签章或印章的 ASN.1 结构错误或版本不明。" "The ASN.1 of seal or signature is wrong, or its version unknown."]
    SealVersion "seal.version" Fails REPORT
        ["印章与签章的版本不一致。" "Seal and signature follow different versions."]
        ["签章、印章、头部的版本号互相矛盾（版本混淆）。" "The versions of signature, seal and header contradict each other."]
    SealExtension "seal.extension" Fails ASK_ISSUER
        ["印章含有本软件不认识的必要信息。" "The seal carries essential data that are not understood here."]
        ["印章或签章含有未知的关键扩展（critical）。" "Seal or signature has an unknown critical extension."]
    SealPicture "seal.picture" Unclear ASK_ISSUER
        ["印章图像无法显示，或与所称的格式不符。" "The picture of the seal cannot be shown, or is not of the format that it says."]
        ["印章图像不是可解码的图片，或与印章所写的 type 不符。" "The seal's picture cannot be decoded, or is not of the type that the seal names."]
    SealKind "seal.kind" Note CHECK_ONLINE
        ["印章的类型代码不在标准所列范围内。" "The seal's type is none that the standard names."]
        ["GM/T 0031-2014 的印章类型应为 1（单位）或 2（个人）。" "By GM/T 0031-2014 the type is 1 (organisation) or 2 (person)."]
    SealRawValue "seal.raw-value" Note ASK_ISSUER
        ["签名值的写法不符合标准，但可以读取。" "The signature value is not written as the standard says, but can be read."]
        ["SM2 签名值为 64 字节 r‖s 而非 DER。" "The SM2 signature value is 64 bytes r‖s instead of DER."]
    SealSignature "seal.signature" Fails REPORT
        ["电子印章的签名不符，涉嫌伪造。" "The seal's signature does not match; it looks forged."]
        ["签章人对待签数据的签名验证失败。" "The signer's signature over the signed data does not verify."]
    SealMakerSignature "seal.maker-signature" Fails REPORT
        ["电子印章本身不真实。" "The electronic seal itself is not genuine."]
        ["制章人对印章信息的签名验证失败。" "The seal maker's signature over the seal does not verify."]
    SealSignerNotListed "seal.signer-not-listed" Fails REPORT
        ["盖章者无权使用这枚印章。" "Whoever sealed it had no right to this seal."]
        ["签章证书不在印章的签章者证书列表中。" "The signing certificate is not in the seal's certificate list."]
    SealDataHash "seal.data-hash" Fails REPORT
        ["印章不属于这份文件。" "The seal does not belong to this file."]
        ["签章中的原文杂凑值与 Signature.xml 不符。" "The data hash in the signature is not that of Signature.xml."]
    SealProperty "seal.property" Fails REPORT
        ["印章信息与文件不符。" "The seal's data does not fit this file."]
        ["原文属性信息没有指向本文件的 Signature.xml。" "The property info does not point at this Signature.xml."]
    SealPeriod "seal.period" Fails ASK_ISSUER
        ["盖章时印章不在有效期内。" "The seal was not valid when it was used."]
        ["签章时间不在印章有效期内。" "The time of sealing lies outside the seal's validity."]
    SealNotYetValid "seal.not-yet-valid" Fails ASK_ISSUER
        ["盖章时印章尚未生效。" "The seal was not valid yet when it was used."]
        ["签章时间早于印章有效期起始时间。" "The time of sealing is before the seal's validity."]
    SealExpired "seal.expired" Fails ASK_ISSUER
        ["盖章时印章已过期。" "The seal had expired when it was used."]
        ["签章时间晚于印章有效期截止时间。" "The time of sealing is after the seal's validity."]
    SealCreated "seal.created" Fails ASK_ISSUER
        ["印章的制作时间晚于盖章时间。" "The seal was made after it was used."]
        ["印章制作日期（createDate）晚于签章时间。" "createDate of the seal is later than the time of sealing."]
    SealAlgorithm "seal.algorithm" Fails ASK_ISSUER
        ["印章使用了不被认可的算法。" "The seal uses an algorithm that is not accepted."]
        ["签名、杂凑与证书算法不一致或强度不足。" "Signature, digest and certificate algorithms disagree or are weak."]
    SealCopyDiffers "seal.copy-differs" Fails REPORT
        ["文件中的两份印章数据不一致。" "The file holds two seals that differ."]
        ["Seal.esl 与签章值中的印章不同。" "Seal.esl differs from the seal inside the signature value."]
    SealMakerUntrusted "seal.maker-untrusted" Unclear UPDATE_TRUST
        ["无法确认印章的制作机构。" "The maker of the seal is not known here."]
        ["制章人证书不能链接到信任列表中的根。" "The seal maker's certificate has no path to a trusted root."]
    SealMakerCertificate "seal.maker-certificate" Fails ASK_ISSUER
        ["印章制作机构的证书不符合要求。" "The seal maker's certificate is not fit."]
        ["制章时制章人证书已过期、尚未生效、用途不符或链接错误。" "When the seal was made, the maker's certificate was expired, not yet valid, of the wrong usage, or its path is wrong."]
    SealMakerRevoked "seal.maker-revoked" Fails REPORT
        ["印章制作机构的证书在制章前已被吊销。" "The seal maker's certificate had been revoked."]
        ["制章人证书在制章时间之前已被吊销。" "The seal maker's certificate was revoked before the seal was made."]
    // ---- how the seal shows
    StampMissing "stamp.missing" Unclear ASK_ISSUER
        ["文件有电子印章，但页面上没有印章图案。" "The file is sealed, but no page shows the seal."]
        ["签章没有 StampAnnot，印章不显示在任何页面。" "The signature has no StampAnnot: the seal shows on no page."]
    StampPage "stamp.page" Fails REPORT
        ["印章不在任何页面上。" "The seal is on no page."]
        ["StampAnnot 的 PageRef 缺失或不存在，或 Boundary 不可用。" "PageRef of a StampAnnot is missing or unknown, or its Boundary cannot be used."]
    StampOffPage "stamp.off-page" Fails REPORT
        ["印章超出页面。" "The seal lies off the page."]
        ["StampAnnot 显示的部分超出页面范围。" "The shown part of a StampAnnot lies off the page."]
    StampSize "stamp.size" Fails REPORT
        ["印章的显示尺寸与印章不符。" "The seal shows in another size than its own."]
        ["StampAnnot 的尺寸与印章图像的毫米尺寸不符。" "The size of a StampAnnot is not that of the seal's picture in millimetres."]
    StampRepeated "stamp.repeated" Fails REPORT
        ["同一枚印章在同一处显示了两次。" "One seal shows twice in one place."]
        ["两个 StampAnnot 在同一页面的同一位置重叠，或引用同一编号。" "Two StampAnnots lie on each other on one page, or share an ID."]
    StampPainted "stamp.painted" Fails REPORT
        ["页面上有画上去的印章图案，它不是电子印章。" "A seal is drawn on a page as a mere picture; it is no electronic seal."]
        ["页面中的普通图像与本文件某枚印章的图像逐字节相同。" "An ordinary picture on a page is, byte for byte, the picture of a seal of this file."]
    StampLookalike "stamp.lookalike" Unclear REPORT
        ["页面上有形似印章的图片，请以电子印章的核验结果为准。" "A picture on a page looks like a seal; only electronic seals count."]
        ["页面中的普通图像颜色、形状、大小均似印章，但不是签章外观。" "An ordinary picture has the colour, shape and size of a seal, and is not the appearance of one."]
    StampSlot "stamp.slot" Fails REPORT
        ["印章不在证照规定的位置，或遮挡了证照内容。" "The seal is not in its place on the license, or covers what it must not."]
        ["颁发机构印章未完整盖在模板规定的印章位置，或有印章压住二维码或颁发机构印章。" "The issuer's stamp is not whole in the slot of the template, or a stamp lies on the QR code or on the issuer's stamp."]
    // ---- signer of either format
    SignerUntrusted "signer.untrusted" Unclear UPDATE_TRUST
        ["无法确认签章者的身份。" "The signer's identity cannot be confirmed here."]
        ["签名证书不能链接到信任列表中的根。" "The signing certificate has no path to a trusted root."]
    SignerCertificate "signer.certificate" Fails ASK_ISSUER
        ["签章证书不符合要求。" "The signing certificate is not fit."]
        ["签名时证书已过期、尚未生效、用途不符或链接错误。" "The certificate was expired, not yet valid, of the wrong usage or its path is wrong."]
    SignerNotYetValid "signer.not-yet-valid" Fails ASK_ISSUER
        ["签章时证书尚未生效。" "The certificate was not valid yet when it was used."]
        ["签名时间早于证书有效期起始时间。" "The time of signing is before the certificate's validity."]
    SignerExpired "signer.expired" Fails ASK_ISSUER
        ["签章时证书已过期。" "The certificate had expired when it was used."]
        ["签名时间晚于证书有效期截止时间。" "The time of signing is after the certificate's validity."]
    SignerKeyUsage "signer.key-usage" Fails ASK_ISSUER
        ["签章所用的证书不是签名证书。" "The certificate is none for signing."]
        ["证书的密钥用途不允许签名（例如加密证书）。" "The key usage does not allow signing, as in an encryption certificate."]
    SignerRevoked "signer.revoked" Fails REPORT
        ["签章证书在签章前已被吊销。" "The signing certificate had been revoked."]
        ["证书在签名时间之前已被吊销。" "The certificate was revoked before the time of signing."]
    SignerLaterRevoked "signer.later-revoked" Unclear CHECK_ONLINE
        ["签章证书后来被吊销，无法证明签章在此之前完成。" "The certificate was revoked later, and nothing proves that it was used before."]
        ["证书在所称签名时间之后被吊销，且没有时间戳或登记存证。" "Revoked after the claimed time of signing, which no time stamp and no register entry proves."]
    SignerLaterExpired "signer.later-expired" Unclear CHECK_ONLINE
        ["签章证书现已过期，无法证明签章在有效期内完成。" "The certificate has expired since, and nothing proves that it was used in time."]
        ["证书现已过期，且没有时间戳或登记存证证明签名时间。" "Expired by now; no time stamp and no register entry proves the time of signing."]
    SignerLaterWeak "signer.later-weak" Unclear CHECK_ONLINE
        ["签章所用的密码算法现已不够安全，无法证明签章在此之前完成。" "The algorithm is no longer strong enough, and nothing proves that it was signed before."]
        ["签名、摘要或证书所用算法已过可信期限（按核验策略），且没有更强算法的时间戳证明签名时间。" "By policy an algorithm of the signature or its certificates is no longer relied on; no time stamp of stronger make proves that the signature is older."]
    SignerNotIssuer "signer.not-issuer" Fails REPORT
        ["盖章者不是证照上的颁发机构。" "It was not sealed by the authority named on it."]
        ["签名证书的持有者与证照颁发机构不一致，或无权颁发此类型。" "The certificate's owner is not the issuing authority, or may not issue this type."]
    RevocationNotChecked "revocation.not-checked" Note CHECK_ONLINE
        ["没有查询签章证书的吊销状态。" "Whether the certificate was revoked was not checked."]
        ["没有可用的 CRL 或 OCSP 数据。" "No CRL or OCSP data was at hand."]
    RevocationUnknown "revocation.unknown" Unclear CHECK_ONLINE
        ["无法查到证书的吊销状态。" "Nothing tells whether the certificate was revoked."]
        ["核验策略要求掌握吊销状态（hard），但没有可用的 CRL 或 OCSP 数据。" "The policy demands knowledge of revocation (hard), and no CRL or OCSP answer at hand speaks about the certificate."]
    RevocationStale "revocation.stale" Unclear CHECK_ONLINE
        ["证书吊销数据不够新，无法判断。" "What is known about revocation is not fresh enough."]
        ["核验策略要求掌握吊销状态（hard），现有 CRL 或 OCSP 数据过旧、早于宽限期，或无法证明其当时已存在。" "The policy demands knowledge of revocation (hard); the CRL or OCSP answer at hand is too old, older than the grace period allows, or not proven to have existed in time."]
    TimeNotProven "time.not-proven" Note CHECK_ONLINE
        ["签署时间由签署者自称，没有时间戳证明。" "The time of signing is the signer's claim; no time stamp proves it."]
        ["没有可信时间戳。" "There is no trusted time stamp."]
    TimeUnreadable "time.unreadable" Unclear ASK_ISSUER
        ["无法确定盖章时间。" "The time of sealing cannot be told."]
        ["签章时间（timeInfo）无法解析，有效期未能判断。" "timeInfo cannot be read; validity at that time cannot be judged."]
    TimeFuture "time.future" Fails ASK_ISSUER
        ["盖章时间在未来。" "The time of sealing lies in the future."]
        ["签章时间晚于核验时间。" "The time of signing is later than the time of verification."]
    TimeDiffers "time.differs" Unclear ASK_ISSUER
        ["文件中的两个盖章时间不一致。" "The file names two times of sealing."]
        ["SignatureDateTime 与签章值中的时间不一致（已考虑时区写法）。" "SignatureDateTime is not the time in the signature value, time zones considered."]
    TimeOrder "time.order" Fails REPORT
        ["文件中的时间先后矛盾。" "The times in the file contradict each other."]
        ["所称签章或制章时间晚于其时间戳的时间。" "The claimed time of sealing, or of making the seal, is later than its time stamp."]
    TimeStampMalformed "time.stamp-malformed" Fails UPLOAD_ORIGINAL
        ["时间戳数据格式错误。" "The time stamp is malformed."]
        ["时间戳不是可解析的 RFC 3161 / GB/T 20520 令牌。" "The time stamp is no readable token of RFC 3161 or GB/T 20520."]
    TimeStampImprint "time.stamp-imprint" Fails REPORT
        ["时间戳不属于这枚印章。" "The time stamp belongs to something else."]
        ["时间戳的 messageImprint 不是签名值的杂凑值。" "The message imprint is not the digest of the signature value."]
    TimeStampSignature "time.stamp-signature" Fails REPORT
        ["时间戳的签名不符，涉嫌伪造。" "The time stamp's signature does not match; it looks forged."]
        ["时间戳令牌的签名验证失败。" "The signature of the time-stamp token does not verify."]
    TimeStampCertificate "time.stamp-certificate" Fails ASK_ISSUER
        ["时间戳机构的证书不符合要求。" "The time stamp authority's certificate is not fit."]
        ["时间戳证书缺少唯一且关键的 timeStamping 用途，或在该时间无效、已吊销。" "The certificate lacks the sole critical purpose timeStamping, or was not valid or was revoked at that time."]
    TimeStampUntrusted "time.stamp-untrusted" Note UPDATE_TRUST
        ["无法确认时间戳机构，盖章时间未得到证明。" "The time stamp authority is not known here; the time is not proven."]
        ["时间戳证书不能链接到信任列表中授权时间戳的根。" "The time stamp's certificate has no path to a root that the trust list trusts for time stamping."]
    TimeStampExpired "time.stamp-expired" Note CHECK_ONLINE
        ["时间戳已过有效期且未续加，签署时间不再得到证明。" "The time stamp has run out and was not renewed; it no longer proves the time."]
        ["时间戳机构的证书或时间戳所用算法已失效，且没有更新的时间戳证明其当时有效。" "The authority's certificate, or an algorithm of the stamp, has run out, and no newer time stamp proves that it was good before."]
    TimeStampRevoked "time.stamp-revoked" Note CHECK_ONLINE
        ["时间戳机构的证书后来被吊销，签署时间不再得到证明。" "The time stamp authority's certificate was revoked later; its stamps no longer prove the time."]
        ["时间戳证书在加盖之后被吊销，吊销原因不排除密钥泄露，且没有更新的时间戳（RFC 3161 第 4 节）。" "Revoked after it stamped, for a reason that does not exclude a stolen key, and no newer time stamp shows that it was there before (RFC 3161 section 4)."]
    TimeStampContent "time.stamp-content" Fails REPORT
        ["签名中的内容时间戳不属于这份文件。" "The signature carries a time stamp of other content."]
        ["签名属性 content-time-stamp 中的令牌无法读取、签名不符，或其 messageImprint 不是签名范围的杂凑值。" "The token of the signed attribute content-time-stamp is no token, does not verify, or its imprint is not that of the signed bytes."]
    TimeStampIgnored "time.stamp-ignored" Note CHECK_ONLINE
        ["签名中附有此处不采用的时间戳，它不证明任何时间。" "The signature carries a time stamp of a kind that is not used here; it proves no time."]
        ["CAdES 归档时间戳等未签名属性未经核验；PAdES 以文档时间戳归档。" "Archive time stamps of CAdES, an unsigned attribute, are not looked at; PAdES archives by document time stamps."]
    TrustOverdue "trust.overdue" Note UPDATE_TRUST
        ["所用的信任列表已过更新期限。" "The trust list in use is past its date of renewal."]
        ["信任列表的下次更新时间早于核验时间，其内容可能已有变更。" "The list's next update was due before the time of verification; entries may have been withdrawn since."]
    TrustType "trust.type" Fails REPORT
        ["签发数字证书的机构不能为这类证照作证明。" "The authority behind the signature may not vouch for this type of license."]
        ["信任列表未授权该 CA（或服务、其他运营者的列表）用于此证照类型。" "The trust list does not let this CA, service or other operator's list vouch for this license type."]
    TrustIssuer "trust.issuer" Fails REPORT
        ["签发数字证书的机构不能为这个颁发机构作证明。" "The authority behind the signature may not vouch for this issuing authority."]
        ["信任列表未授权该 CA（或服务、其他运营者的列表）用于此颁发机构。" "The trust list does not let this CA, service or other operator's list vouch for this issuer."]
    TrustArea "trust.area" Fails REPORT
        ["签发数字证书的机构不能为这个地区作证明。" "The authority behind the signature may not vouch for this region."]
        ["颁发机构所属行政区划不在信任列表对该 CA（或服务、列表）授权的范围内。" "The issuer's division (GB/T 2260) is not among those that the trust list lets this CA, service or list vouch for."]
    TrustScopeUnknown "trust.scope-unknown" Unclear UPLOAD_ORIGINAL
        ["文件没有说明属于哪种证照，无法确认签名是否有效。" "The file does not say which license it is; whether the signature counts cannot be told."]
        ["信任列表只授权该 CA 用于部分类型、机构或地区，而文件未载明。" "The trust list limits this CA to some types, issuers or divisions, and the file does not say which it is of."]
    TrustNotGranted "trust.not-granted" Fails ASK_ISSUER
        ["签名时，签名者或为其作证明的机构不被信任。" "When this was signed, the signer or who vouches for it was not trusted."]
        ["按信任列表的状态记录，签名时该条目为暂停、撤回、尚未授权或不在期间内。" "By the trust list's history the entry was suspended, withdrawn, not granted yet or outside its period at the time of signing."]
    TrustCompromised "trust.compromised" Fails REPORT
        ["签名密钥已泄露，签名在此之后。" "The signing key was in other hands when this was signed."]
        ["信任列表记载该密钥自某日起可能已泄露，签名时间不早于该日。" "The trust list marks the key as compromised from a date on, and the signature is not older than that by its own word."]
    TrustLaterCompromised "trust.later-compromised" Unclear CHECK_ONLINE
        ["签名密钥后来泄露，无法证明文件在此之前签署。" "The signing key was in other hands later, and nothing proves that this was signed before."]
        ["信任列表记载该密钥后来泄露；签名自称更早，但没有泄露之前的时间戳或登记记录为证（REVOKED_NO_POE）。" "The trust list marks the key as compromised. The signature says that it is older, and no time-stamp from before, and no register, shows that (REVOKED_NO_POE)."]
    TrustUnlisted "trust.unlisted" Fails REPORT
        ["签名密钥未经公布。" "The signing key is not a published one."]
        ["信任列表逐一列出可用的密钥或服务，此密钥不在其中。" "The trust list names every key or service that may sign here, and this is none of them."]
    // ---- PDF
    PdfUnreadable "pdf.unreadable" Fails UPLOAD_ORIGINAL
        ["文件损坏，无法打开。" "The file is damaged and cannot be opened."]
        ["PDF 无法按严格语法读取。" "The PDF cannot be read strictly."]
    PdfStructure "pdf.structure" Fails UPLOAD_ORIGINAL
        ["文件结构异常，可能被改动。" "The file's structure is irregular; it may have been changed."]
        ["PDF 结构异常（需要修复、尾随数据、重复键、交叉引用错误等）。" "The PDF is unsound: needs repair, trailing data, duplicate keys, broken cross-references."]
    PdfUnsigned "pdf.unsigned" Fails UPLOAD_ORIGINAL
        ["文件没有数字签名，不能证明真伪。" "The file bears no signature and proves nothing."]
        ["PDF 中没有签名。" "The PDF holds no signature."]
    PdfByteRange "pdf.byte-range" Fails REPORT
        ["签名范围异常，涉嫌伪造。" "The signed range is irregular; it looks forged."]
        ["ByteRange 或 Contents 不符合规则。" "ByteRange or Contents break the rules."]
    PdfChangedAfter "pdf.changed-after" Fails REPORT
        ["签名后文件被改动。" "The file was changed after signing."]
        ["签名之后的增量更新改动了不允许改动的内容。" "A later revision changed what may not change."]
    PdfUncovered "pdf.uncovered" Fails REPORT
        ["部分内容不在签名保护范围内。" "Some content is not covered by the signature."]
        ["最后一个修订未被签名覆盖。" "The last revision is not covered by a signature."]
    CmsStructure "cms.structure" Fails UPLOAD_ORIGINAL
        ["数字签名数据格式错误。" "The signature's data is malformed."]
        ["CMS 结构、签名属性或 SubFilter 不符合 PAdES。" "CMS structure, signed attributes or SubFilter do not follow PAdES."]
    CmsDigest "cms.digest" Fails REPORT
        ["签名后内容被改动。" "The content was changed after signing."]
        ["消息摘要与签名范围的内容不符。" "The message digest is not that of the signed bytes."]
    CmsSignature "cms.signature" Fails REPORT
        ["数字签名不符，涉嫌伪造。" "The signature does not match; it looks forged."]
        ["签名值验证失败。" "The signature value does not verify."]
    CmsAlgorithm "cms.algorithm" Fails ASK_ISSUER
        ["签名使用了不被认可的算法。" "The signature uses an algorithm that is not accepted."]
        ["签名或摘要算法不在允许列表中，或相互矛盾。" "Signature or digest algorithm is not allowed, or they contradict."]
    AlgorithmWeak "algorithm.weak" Fails ASK_ISSUER
        ["签名所用的密码算法或密钥强度不足，不足为凭。" "The signature uses an algorithm or a key that is too weak to prove anything."]
        ["签名值本身未必有误，但其摘要算法（如 SHA-1、MD5）、签名算法（如 DSA）或密钥长度（RSA 不足 2048 位）强度不足；也可能是证书链或时间戳中的算法。" "The signature may be right, but a digest (SHA-1, MD5), an algorithm (DSA) or a key (RSA below 2048 bits) of it, its certificates or its time stamp is too weak."]
    AlgorithmUnsupported "algorithm.unsupported" Unclear UPDATE_TRUST
        ["签名使用了此处不支持的密码算法，无法判断真伪。" "The signature uses an algorithm that is not supported here; whether it is genuine cannot be told."]
        ["签名、摘要、公钥、证书链或时间戳所用的算法（如 Ed448）此处无法核验；这不说明签名有误，请用支持该算法的软件核验。" "An algorithm of the signature, its key, its certificates or its time stamp (such as Ed448) cannot be checked here. That says nothing against it: verify with software that knows the algorithm."]
    // ---- what the file says about itself
    RecordMissing "record.missing" Unclear LICENSE_OR_DETAILS
        ["文件中没有证照数据，不能作为证照核验。" "The file carries no license data: it cannot be verified as a license."]
        ["文件未嵌入证照信息。" "No record is embedded."]
    RecordMalformed "record.malformed" Fails REPORT
        ["文件中的证照数据有误。" "The license data inside the file is wrong."]
        ["嵌入的证照信息不是规范 JSON 或不合规则。" "The embedded record is not canonical JSON or breaks its rules."]
    IndexMissing "index.missing" Unclear LICENSE_OR_DETAILS
        ["文件中没有签名的证照索引。" "The file carries no signed index."]
        ["文件未嵌入证照索引。" "No index is embedded."]
    IndexDiffers "index.differs" Fails REPORT
        ["二维码与证照内容不一致。" "The QR code does not fit the content."]
        ["索引的标识、编号、持证主体、有效期或照面摘要与证照信息不同。" "Identifier, number, holder, validity or face digest of the index differ from the record."]
    IndexNotShown "index.not-shown" Fails REPORT
        ["页面上没有可以识读的证照二维码，或二维码被遮盖。" "No page shows the license's QR code so that it can be read."]
        ["页面应有的位置上没有与内嵌索引一致的二维码：缺失、空白、被遮盖、移位或无法识读。" "Where the QR code of the embedded index should stand there is none that can be read: missing, blank, covered or moved."]
    MetadataDiffers "metadata.differs" Fails REPORT
        ["文件属性与证照内容不一致。" "The file's properties do not fit its content."]
        ["元数据（CustomDatas 或 XMP）与证照信息不同。" "The metadata (CustomDatas or XMP) differs from the record."]
    FaceDiffers "face.differs" Fails REPORT
        ["照面文字与证照数据不一致，涉嫌篡改。" "The printed words differ from the license data; it looks tampered with."]
        ["页面绘制的文字与由证照信息重新排版的结果不同。" "The drawn text is not what the record lays out to."]
    FaceHidden "face.hidden" Fails REPORT
        ["照面上有看不见的文字，显示的内容与签名的内容不一致。" "The page has words that cannot be seen: what shows is not what was signed."]
        ["照面文字与底色相同、被遮盖、被裁切、过小或被翻转，肉眼不可见。" "Words are of the colour of their ground, covered, cut off, tiny or turned, so that no eye sees them."]
    FaceGlyphs "face.glyphs" Fails REPORT
        ["照面文字的字形与文字不符，看到的不是数据中的文字。" "The letters are drawn in the shape of other ones: what is seen is not what the text says."]
        ["内嵌字库的字符映射、字形编号或字形轮廓与文字不符，或字库未嵌入。" "Character map, glyph numbers or outlines of the embedded font do not belong to the characters, or the font is not embedded."]
    FaceForeign "face.foreign" Fails REPORT
        ["照面上有证照不应有的线条、图形或图片，涉嫌伪造。" "The page shows lines, shapes or pictures that the license does not have; it looks forged."]
        ["页面中的路径或图片与由证照信息重新排版的结果（含模板底图）不同：多出、缺少、移位或改变了颜色。" "Paths or pictures differ from what record and template lay out to: more, fewer, elsewhere or in another ink."]
    // The issuer's signature covers the drawn page: a verifier of another region need not have every template.
    FaceNotCompared "face.not-compared" Note UPDATE_TRUST
        ["没有该类证照的模板，照面文字未比对。" "There is no template of this type here; the printed words were not compared."]
        ["缺少该类型该版本的模板或字体，未将照面与证照信息比对；照面是否被改动，见签名核验结果。" "The template of this type and version, or a font, is missing here: the face was not compared with the record; whether the page was changed is what the signature checks say."]
    // What an old license was printed with need not be everywhere: its issuer's register keeps it.
    FaceFontsMissing "face.fonts-missing" Note CHECK_ONLINE
        ["颁发这份证照时所用的字体不在本机，文字的位置和字形未能比对。" "The fonts it was made with are not here; places and shapes of the letters could not be compared."]
        ["证照信息所指的字体版本不在本机，与现有字体排版的差异不能说明文件被改动；由颁发机构的登记服务核验可完整比对。" "The font set that the record names is not at hand, and a difference to the fonts here proves nothing; the issuer's own register has it and compares in full."]
    // ---- signed verification reports
    ReportMalformed "report.malformed" Fails REPORT
        ["核验报告已损坏或被改动。" "The verification report is damaged or was changed."]
        ["核验报告不是规定格式的规范 JSON，或签名封装有误。" "The report is not canonical JSON of the format, or its envelope is wrong."]
    ReportSignature "report.signature" Fails REPORT
        ["核验报告的签名不符，涉嫌伪造。" "The verification report's signature does not match; it looks forged."]
        ["分离式 JWS 的签名值验证失败。" "The value of the detached JWS does not verify."]
    ReportServerUntrusted "report.server-untrusted" Unclear UPDATE_TRUST
        ["无法确认出具核验报告的服务。" "The service that made the report is not known here."]
        ["签名证书不能链接到信任列表中的根。" "The signer's certificate has no path to a root of the trust list."]
    ReportServerForeign "report.server-foreign" Fails REPORT
        ["核验报告不是由本信任列表的运营机构出具。" "The report was not made by the operator of this trust list."]
        ["签名证书的机构或报告所称机构不是信任列表的运营机构。" "The certificate's organisation, or the one the report names, is not the list's operator."]
    ReportServerCertificate "report.server-certificate" Fails REPORT
        ["出具核验报告的服务证书不符合要求。" "The certificate of the service that made the report is not fit."]
        ["签名证书在出具时无效、已吊销或用途不符。" "The signer's certificate was not valid or was revoked at that time, or is for another use."]
    ReportTime "report.time" Fails REPORT
        ["核验报告的时间不可信。" "The report's time cannot be right."]
        ["报告时间晚于当前时间或晚于其时间戳，或时间戳与签名不符。" "It is later than now or than its time stamp, or the stamp is over something else."]
    ReportTimeUnproven "report.time-unproven" Unclear CHECK_ONLINE
        ["核验报告的出具时间无法证明，请重新核验文件。" "When the report was made cannot be proven; verify the file itself again."]
        ["签名证书此后已过期或吊销，且没有时间戳证明报告更早。" "The signer's certificate has expired or was revoked since, and no time stamp proves that the report is older."]
    ReportOtherFile "report.other-file" Fails UPLOAD_ORIGINAL
        ["核验报告针对的不是这份文件。" "The report is about another file."]
        ["文件的长度或摘要与报告所记不同。" "The file's length or digests are not those in the report."]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_lower_case() {
        let mut seen = std::collections::HashSet::new();
        for reason in Reason::ALL {
            assert!(seen.insert(reason.code()), "{} twice", reason.code());
            assert!(reason.code().chars().all(|c| c.is_ascii_lowercase() || c == '.' || c == '-'));
            assert_eq!(Reason::from_code(reason.code()), Some(*reason));
        }
    }
}
