"""A store on your own machine: speaks the platforms' and providers' protocols."""
