package audit

// SealUpTo is Seal with another bound, so that a test need not move 50,000 heads.
var SealUpTo = sealUpTo
