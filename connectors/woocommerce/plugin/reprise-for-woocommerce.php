<?php
/**
 * Plugin Name:          Reprise for WooCommerce
 * Description:          Tells Reprise of carts, visits and consent, and shows its panel in your dashboard: recovered carts, welcome series, win-backs.
 * Version:              1.0.0
 * Requires at least:    6.1
 * Requires PHP:         7.4
 * Requires Plugins:     woocommerce
 * WC requires at least: 8.2
 * WC tested up to:      11.0
 * Author:               Reprise
 * License:              GPL-2.0-or-later
 * License URI:          https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:          reprise-for-woocommerce
 * Domain Path:          /languages
 *
 * @package Reprise
 */

defined( 'ABSPATH' ) || exit;

define( 'REPRISE_VERSION', '1.0.0' );
define( 'REPRISE_FILE', __FILE__ );

require_once __DIR__ . '/includes/autoload.php';

register_activation_hook( __FILE__, array( 'Reprise\Lifecycle', 'activate' ) );
register_deactivation_hook( __FILE__, array( 'Reprise\Lifecycle', 'deactivate' ) );
Reprise\Plugin::boot();
