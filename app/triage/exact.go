package triage

import "math"

// Training must give the same bits on every machine. Go may fuse x*y+z into one rounding on
// some processors, and math.Exp and math.Log are written per processor; the functions here
// round after every step (an explicit float64 conversion forbids fusing).

// exp is e to the x.
func exp(x float64) float64 {
	switch {
	case x < -700:
		return 0
	case x > 700:
		x = 700
	}
	const ln2hi, ln2lo = 6.93147180369123816490e-01, 1.90821492927058770002e-10
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	r := x - float64(k*ln2hi)
	r -= float64(k * ln2lo)
	sum := 1.0
	for n := 14; n >= 1; n-- {
		sum = 1 + float64(float64(r*sum)/float64(n))
	}
	return math.Ldexp(sum, int(k))
}

// ln is the natural logarithm of a positive x.
func ln(x float64) float64 {
	fraction, e := math.Frexp(x) // 0.5 ≤ fraction < 1
	z := (fraction - 1) / (fraction + 1)
	square := float64(z * z)
	sum := 0.0
	for n := 41; n >= 1; n -= 2 {
		sum = float64(sum*square) + 1/float64(n)
	}
	return float64(2*float64(z*sum)) + float64(float64(e)*math.Ln2)
}

// sqrt is exact by the standard of floating-point numbers, on every machine.
func sqrt(x float64) float64 { return math.Sqrt(x) }
