"""Looking into files: by clamd, the daemon of ClamAV."""

from peakend.adapters.scanning.clamd import Clamd

__all__ = ["Clamd"]
