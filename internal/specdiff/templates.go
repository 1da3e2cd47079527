package specdiff

import (
	"maps"
	"slices"

	"assay/internal/contract"
)

// Templates lists the templates of all messages of this package.
func Templates() []*contract.Template {
	all := []*contract.Template{
		resultMoved, codesEquivalent, codeNew, codeGone, codeOutcome, codeRetry, statusOther, messageOther, httpOther, codeWhen, codeDocumented, codeHeld, codeHeldNot, codeOnNoPage, codeNotHeld, codeReplaced, codeAnother, codeOnlyOne,
		serverNew, serverGone, serverOther, merchantOther, credentialOther, ambiguityNew, ambiguitySettled, ambiguityTaken, ambiguityOther, ambiguityAt, ruleNew, ruleGone, ruleRenamed, ruleOther, authorizationOther, signatureOther, signatureGone, signatureNew, namesOther, memberMeaning, memberHidden,
		detailed,
		beside,
		operationMoved, readAndHanded,
	}
	for _, id := range slices.Sorted(maps.Keys(lines())) {
		all = append(all, lines()[id].template)
	}
	return all
}
