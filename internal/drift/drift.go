// Package drift compares two shapes of an operation and reports what changed.
//
// Compare takes an older and a newer shape, the documented operation, and Uses, which
// says what our adapter does with the responses. It returns the changes, the worst
// first, each with the impact on our adapter: breaks, degrades, minor or harmless.
// Accept returns the baseline after a review of changes.
//
// Small samples must not raise false alarms, so most changes are reported only if
// chance is an unlikely cause (significance.go). Headers are compared only between
// samples of the same kind: no document says which headers a provider sends. Changes
// contain documented values and result codes only, never a secret or personal value.
// Neither function returns an error.
package drift

import "assay/internal/contract"

// Templates lists the templates of all messages of this package.
func Templates() []*contract.Template {
	return []*contract.Template{
		formatOther, formatEmpty, formatNames, lengthOther, sizeOther, numberOther, onceAtLeast, readAndHanded,
		codeNew, codeRetyped, codeGone, codelessGone, httpOther, statusOther, messageOther, mediaOther, muchLater, listedNowhere, noVariantFits, codeUnknown, codeByType, codeUndocumented, codeUnfit, codeDocumented, codeReplaced, noInquiry, usesUnknown, httpUnread, httpDecides, messageRefused, messageEmpty, messageShown, mediaUnread, payerWaits, sentOtherwise,
		headerNew, headerGone, headerAbsent, headerUnread,
		memberNew, memberUnnamed, memberGone, memberAbsent, signatureGone, signatureAbsent, memberOtherwise, valuesMany, valueNew, adapterLooksForIt, adapterPassesOver, besides, without, against,
		codeAbsent, codeLost, codeSilent, codeNull, codeEmpty, codeless, inquired,
		memberDecides, memberShown, memberRead, memberUnread,
		documentedRequired, documentedOptional, documentedAllowed, documentedNowhere, documentedUnlisted, documentedCode, documentedReplaced, documentedCodeless, documentedNew, documentedAccepted,
	}
}
