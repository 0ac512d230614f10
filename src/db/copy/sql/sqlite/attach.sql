ATTACH DATABASE ? AS packwright_source;
