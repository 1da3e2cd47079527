package specdiff

import (
	"maps"
	"slices"

	"assay/internal/contract"
)

// Templates lists the templates of all messages of this package.
func Templates() []*contract.Template {
	all := []*contract.Template{
		resultMoved, codesEquivalent, codeNew, codeGone, codeOutcome, codeRetry, statusOther, messageOther, httpOther, codeWhen, codeIf, variantsOrder, variantUnknown, codeDocumented, codeKnown, codeUnknown, codeUndocumented, codeUnknownToAdapters, codeReplaced, codeSameOutcome, codeOnlyOne, codeNewToClients, codeOnlyDocumented, boundsByDocuments,
		serverNew, serverGone, serverFirst, serverOther, merchantOther, credentialOther, ambiguityNew, ambiguitySettled, ambiguityChosen, ambiguityOther, ambiguityAt, ruleNew, ruleGone, ruleRenamed, ruleOther, authorizationOther, signatureOther, signatureGone, signatureNew, namesOther, memberMeaning, memberHidden,
		idempotencyNew, idempotencyGone, keyMoved, keyHours, keyConflict,
		withDetails, keywordOther, leftOut,
		bothMessages,
		operationMoved, readAndPassedOn,
	}
	for _, id := range slices.Sorted(maps.Keys(lines())) {
		all = append(all, lines()[id].template)
	}
	return all
}
