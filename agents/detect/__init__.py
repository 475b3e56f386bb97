"""Say that something is happening early, seldom wrongly, and show why.

For series s in a subregion r, quarter of an hour b, horizon h of H quarters (8 or 96):

    exposure    E_h = sum over the horizon of (volume outside r + own_share * volume of r) * season_r(hour, weekend)
    rate        lambda_s = (y_s + k) / (E + k / prior_s)         y, E discounted, half-life 14 days
    prior       of a country's theme: the subregion's rate of the theme * the country's share of the subregion
    expected    m = lambda_s * E_h
    scatter     d = d_h + (1 + d_h) / (y_s + k)                  learnt by moments; and the rate is known from y_s alone
    p           P(Y >= n), Y negative binomial, mean m, variance m + d m^2

An alert opens at p < alpha with enough headlines from enough publishers, and resolves when p > resolve_p in both
horizons for some hours while volume is alive.

| what | where | after |
|---|---|---|
| share of volume, not counts | `exposure`, `ledger` | Best et al. 2005; here of all that came in |
| discounting | `rate` | Harvey and Fernandes 1989 |
| shrinkage | `rate`, `usuals` | DuMouchel 1999 |
| a burst teaches little: a day behind, and winsorised | `learn`, `rate` | Noufaily et al. 2013 |
| tail, dispersion | `tail` | Harvey and Fernandes 1989: the gamma-Poisson predictive is this negative binomial |
| to compare with | `tests/evaluate/rivals.py` | EARS C2 (Hutwagner et al. 2003), NB-CUSUM (Hoehle and Paul 2008) |

`step` is the live lane, `counts` the same over counts alone: both drive the same memory, and the same code judges.
"""
