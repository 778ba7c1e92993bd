<?php
/**
 * Hooks every part of the plugin up; nothing else is in here.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * The wiring.
 */
class Plugin {

	/**
	 * Called once, when WordPress loads the plugin.
	 *
	 * @return void
	 */
	public static function boot() {
		Tables::name_them();
		add_action( 'before_woocommerce_init', array( __CLASS__, 'declare_features' ) );
		add_action( 'init', array( __CLASS__, 'load_words' ) );
		add_action( 'plugins_loaded', array( __CLASS__, 'start' ), 20 );
	}

	/**
	 * High-performance order storage and the blocks of cart and checkout are both supported.
	 *
	 * @return void
	 */
	public static function declare_features() {
		$features = 'Automattic\WooCommerce\Utilities\FeaturesUtil';
		if ( class_exists( $features ) ) {
			$features::declare_compatibility( 'custom_order_tables', REPRISE_FILE, true );
			$features::declare_compatibility( 'cart_checkout_blocks', REPRISE_FILE, true );
		}
	}

	/**
	 * The translations that come with the plugin.
	 *
	 * @return void
	 */
	public static function load_words() {
		load_plugin_textdomain( 'reprise-for-woocommerce', false, dirname( plugin_basename( REPRISE_FILE ) ) . '/languages' );
	}

	/**
	 * Let each part hook itself up; without WooCommerce only what an administrator needs.
	 *
	 * @return void
	 */
	public static function start() {
		Admin_Page::hook();
		Settings_Page::hook();
		Privacy::hook();
		Form_Block::hook();
		Chat::hook();
		Connection_Route::hook();
		if ( ! class_exists( 'WooCommerce' ) ) {
			return;
		}
		Lifecycle::hook();
		Outbox::hook();
		Cart_Watch::hook();
		Cart_Restore::hook();
		Email_Capture::hook();
		Order_Stamp::hook();
		Optin::hook();
		Account_Optin::hook();
		Beacon::hook();
	}
}
